// Vite configuration that bundles each library of hundreds of files into one; src/app/cli/bundle-libraries.ts builds with it.
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
      // Keeps every export, also those that the program does not use yet.
      treeshake: false,
      preserveEntrySignatures: 'strict',
      output: { format: 'esm', entryFileNames: '[name]', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
})
