using System.Runtime.CompilerServices;

// Tests look at exit codes and messages of errors that no command line provokes on a healthy machine.
[assembly: InternalsVisibleTo("G3DR.Tests")]
