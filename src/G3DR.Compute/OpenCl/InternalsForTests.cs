using System.Runtime.CompilerServices;

// Tests replace single functions of the OpenCL loader and look into the program cache.
[assembly: InternalsVisibleTo("G3DR.Tests")]
