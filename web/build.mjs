// Bundles the pages into the files that the Python package carries. The same sources give the same bytes.
import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const package_ = fileURLToPath(new URL("../qkv/", import.meta.url));

export const settings = {
  absWorkingDir: here,
  bundle: true,
  charset: "ascii",
  format: "iife",
  legalComments: "eof",
  logLevel: "warning",
  minify: true,
  target: ["es2022"],
  tsconfig: "tsconfig.json",
};

/** `import source from "worker:./file.ts"` gives the bundled file as text, for a worker of a page without other files. */
export const workers = {
  name: "workers",
  setup(builder) {
    builder.onResolve({ filter: /^worker:/ }, async ({ path, resolveDir }) => {
      const found = await builder.resolve(path.slice("worker:".length), {
        kind: "import-statement",
        resolveDir,
      });
      return { path: found.path, namespace: "worker" };
    });
    builder.onLoad({ filter: /.*/, namespace: "worker" }, async ({ path }) => {
      const bundle = await build({ ...settings, entryPoints: [path], write: false });
      return { contents: bundle.outputFiles[0].text, loader: "text" };
    });
  },
};

async function page(entry, folder, name) {
  await mkdir(folder, { recursive: true });
  await build({
    ...settings,
    entryPoints: [entry],
    outfile: `${folder}/${name}`,
    plugins: [workers],
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await page("src/report/main.ts", `${package_}inspection/page`, "report.js");
  await page("src/page/main.ts", `${package_}server/page`, "page.js");
  await copyFile(`${here}src/page/index.html`, `${package_}server/page/index.html`);
}
