// A service as a stranger wrote it: nothing in it knows of Scaling Advisor.
const express = require("express");

const app = express();
app.get("/orders/:id", (req, res) => {
  const end = Date.now() + 5;
  while (Date.now() < end);
  res.json({ id: req.params.id });
});
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
