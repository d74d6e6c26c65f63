using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Metrics;

namespace G3DR.Tests.Metrics;

public class InceptionScoreTests
{
    [Fact]
    public void A_score_lies_between_one_and_the_number_of_classes() => Prop.ForAll(
        (from classes in Gen.Choose(1, 8)
         from rows in Gen.Choose(1, 30)
         from parts in Gen.Choose(1, rows)
         from logits in Gen.Choose(-3000, 3000).ArrayOf(rows * classes)
         select (classes, parts, Logits: logits.Select(value => value / 100.0).ToArray())).ToArbitrary(),
        given =>
        {
            InceptionScoreResult score = InceptionScore.Compute<double>(given.Logits, given.classes, given.parts);
            return score.Parts.Count == given.parts && score.Parts.All(part => part >= 1 - 1e-12 && part <= given.classes * (1 + 1e-12))
                && score.Mean >= score.Parts.Min() - 1e-12 && score.Mean <= score.Parts.Max() + 1e-12;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sure_pictures_of_all_classes_score_their_number_and_pictures_that_look_alike_one()
    {
        float[] sure = [.. Enumerable.Range(0, 6 * 6).Select(i => i % 7 == 0 ? 1000f : 0f)], alike = [.. Enumerable.Range(0, 6 * 6).Select(i => (float)(i % 6))];
        Assert.Equal(6, InceptionScore.Compute<float>(sure, 6, parts: 1).Mean, 1e-12);
        Assert.Equal(1, InceptionScore.Compute<float>(alike, 6, parts: 2).Mean, 1e-12);
        Assert.Equal(0, InceptionScore.Compute<float>(alike, 6, parts: 2).Deviation, 1e-12);
    }

    [Fact]
    public void What_cannot_be_scored_is_refused()
    {
        Assert.Throws<ArgumentException>(() => InceptionScore.Compute<float>([1, 2, 3], 2, 1));
        Assert.Throws<ArgumentException>(() => InceptionScore.Compute<float>([1, 2, 3, 4], 2, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => InceptionScore.Compute<float>([1, 2], 2, 0));
    }
}
