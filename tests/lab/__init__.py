"""The lab: real faults in real Node.js processes, judged by the whole product. `README.md` says how to write a case."""
