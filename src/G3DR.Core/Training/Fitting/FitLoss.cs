namespace G3DR.Core.Training;

/// <summary>A term of a fit's objective, for its report.</summary>
/// <param name="Name">Its name, such as <c>novelPerceptual</c>.</param>
/// <param name="Weight">Its factor.</param>
/// <param name="Network">The network that judges, or null.</param>
/// <param name="Last">Its last value before the factor; null if no step has computed it.</param>
public sealed record FitLoss(string Name, double Weight, string? Network, double? Last);
