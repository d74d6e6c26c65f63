namespace G3DR.Core.Training;

/// <summary>How views and weights of a fit change with the step.</summary>
public enum FitSchedule
{
    /// <summary>Weights are constant; novel views are normally distributed, and more frequent the later.</summary>
    Constant,

    /// <summary>
    /// That of the released training loop (<see cref="OfficialTrainingSchedule"/>), with the length of the fit in place of that of the training: novel views move away from
    /// the canonical one, the semantic weight grows, and canonical views are judged by networks in the second half only.
    /// </summary>
    Official,
}
