namespace G3DR.Core.Networks;

/// <summary>Whose features <see cref="Lpips"/> compares.</summary>
public enum PerceptualBackbone
{
    /// <summary><see cref="Networks.Vgg16"/>: five levels. What G3DR is trained with.</summary>
    Vgg16,

    /// <summary><see cref="Networks.AlexNet"/>: five levels. The authors of LPIPS advise it for judging pictures.</summary>
    AlexNet,

    /// <summary><see cref="Networks.SqueezeNet"/>: seven levels, and a file of 5 MB.</summary>
    SqueezeNet,
}
