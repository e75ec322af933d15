// How libraries of hundreds of files become one file each; src/app/cli/bundle-libraries.ts builds by it.
import { defineConfig } from 'vite'
import { bundleFile, bundledLibraries } from './src/app/cli/bundled-libraries.ts'

export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    minify: false,
    target: 'esnext',
    rolldownOptions: {
      input: Object.fromEntries(Object.keys(bundledLibraries).map((name) => [bundleFile(name), name])),
      // Whole: what nobody uses now somebody may tomorrow.
      treeshake: false,
      preserveEntrySignatures: 'strict',
      output: { format: 'esm', entryFileNames: '[name]', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
})
