import "./importer/worker.ts";
