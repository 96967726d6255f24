import "./importer/workers/worker.ts";
