import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import optimizeLocales from '@react-aria/optimize-locales-plugin'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { nonce, preloadFirst } from './preload-plugin.ts'
import { pageTexts } from './texts-plugin.ts'

const require = createRequire(import.meta.url)

/** Converts Suomi.fi's design tokens from SCSS variables to CSS variables of the same names. */
function suomifiTokens(): Plugin {
  const id = 'virtual:suomifi-tokens.css'
  return {
    name: 'suomifi-tokens',
    resolveId: (request) => (request === id ? `\0${id}` : undefined),
    load(request) {
      if (request !== `\0${id}`) return undefined
      const scss = readFileSync(require.resolve('suomifi-design-tokens/dist/tokens.scss'), 'utf8')
      const variables = [...scss.matchAll(/\$(fi-(?:color|radius|shadow|transition)-[\w-]+): ([^;]+);/g)]
      return `:root{${variables.map(([, name, value]) => `--${name}:${value}`).join(';')}}`
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    react(),
    suomifiTokens(),
    pageTexts(),
    preloadFirst(),
    { ...optimizeLocales.vite({ locales: ['fi-FI', 'sv-SE', 'en-US'] }) },
  ],
  // The server replaces the placeholder with a new nonce in each response (Content-Security-Policy).
  html: { cspNonce: nonce },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    reportCompressedSize: false,
    // Names the packages that are bundled, for the bill of materials (packaging/deb/bill-of-materials.ts).
    license: { fileName: 'licenses.json' },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Bundles the code that every page loads first into one file, and the code shared by later pages into two files,
        // because a request costs more than a few additional kilobytes.
        codeSplitting: {
          groups: [
            { name: 'start', tags: ['$initial'], priority: 2 },
            { name: 'libraries', test: /node_modules/, minShareCount: 12 },
            { name: 'common', test: /[\\/]web[\\/]src[\\/]/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    proxy: { '/api': `http://${process.env['SELOSTE_HTTP'] ?? '127.0.0.1:8080'}` },
  },
})
