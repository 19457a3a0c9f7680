// A service that shows a page for Prometheus, as its documentation says. Nothing in it knows of Scaling Advisor.
const express = require("express");
const client = require("prom-client");

client.collectDefaultMetrics();
const duration = new client.Histogram({
  name: "http_request_duration_seconds",
  help: "Duration of requests",
  labelNames: ["method", "route", "status_code"],
  buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1],
});
const app = express();
app.use((req, res, next) => {
  const end = duration.startTimer();
  res.on("finish", () => end({ method: req.method, route: req.route?.path, status_code: res.statusCode }));
  next();
});
app.get("/orders/:id", (req, res) => {
  const end = Date.now() + 5;
  while (Date.now() < end);
  res.status(req.params.id === "0" ? 503 : 200).json({ id: req.params.id });
});
app.get("/metrics", async (req, res) => {
  res.set("Content-Type", client.register.contentType).end(await client.register.metrics());
});
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
