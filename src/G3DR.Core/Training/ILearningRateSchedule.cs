namespace G3DR.Core.Training;

/// <summary>What an optimiser asks for before each of its updates.</summary>
public interface ILearningRateSchedule
{
    /// <summary>Learning rate of an update.</summary>
    /// <param name="step">Updates done before this one: 0 for the first.</param>
    /// <returns>The rate.</returns>
    double LearningRate(long step);

    /// <summary>Adam's first moment decay in an update.</summary>
    /// <param name="step">Updates done before this one: 0 for the first.</param>
    /// <returns>beta1.</returns>
    double Beta1(long step);
}
