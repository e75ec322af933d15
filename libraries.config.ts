// How libraries of hundreds of files become one file each; src/app/cli/join-libraries.ts builds by it.
import { defineConfig } from 'vite'
import { joinedFile, joinedLibraries } from './src/app/cli/joined-libraries.ts'

export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    minify: false,
    target: 'esnext',
    rolldownOptions: {
      input: Object.fromEntries(Object.keys(joinedLibraries).map((name) => [joinedFile(name), name])),
      // Whole: what nobody uses now somebody may tomorrow.
      treeshake: false,
      preserveEntrySignatures: 'strict',
      output: { format: 'esm', entryFileNames: '[name]', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
})
