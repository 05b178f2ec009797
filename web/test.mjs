// Bundles test/*.test.ts and runs them with node's own test runner.
import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { build } from "esbuild";
import { settings, workers } from "./build.mjs";

const folder = new URL(".tests/", import.meta.url).pathname;
const tests = await readdir(new URL("test/", import.meta.url));
await rm(folder, { recursive: true, force: true });
await build({
  ...settings,
  entryPoints: tests.filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`),
  format: "esm",
  minify: false,
  outdir: folder,
  outExtension: { ".js": ".mjs" },
  platform: "node",
  plugins: [workers],
});
const { status } = spawnSync(process.execPath, ["--test", `${folder}*.mjs`], {
  shell: true,
  stdio: "inherit",
});
process.exit(status ?? 1);
