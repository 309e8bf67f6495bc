namespace ThreadGrains.Grains.Rendering;

/// <summary>How long something is in a message, in UTF-16 units, line breaks included.</summary>
/// <param name="Shown">In its blocks.</param>
/// <param name="Text">In its text.</param>
internal readonly record struct RenderedLength(int Shown, int Text)
{
    public static RenderedLength operator +(RenderedLength one, RenderedLength other) => new(one.Shown + other.Shown, one.Text + other.Text);
}
