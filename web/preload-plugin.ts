import type { HtmlTagDescriptor, Plugin } from 'vite'

/** Placeholder of the nonce, which the server replaces in each response. */
export const nonce = '__CSP_NONCE__'

/**
 * Preloads what the page needs first, in parallel with its script: the font, the texts in the chosen language, and the session.
 * Otherwise these requests would be sent one after another.
 */
export function preloadFirst(): Plugin {
  return {
    name: 'preload-first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const files = Object.values(bundle)
        const texts: Record<string, string> = {}
        for (const language of ['fi', 'sv', 'en']) {
          const module = `\0virtual:texts/start/${language}`
          const file = files.find((one) => one.type === 'chunk' && one.facadeModuleId === module)
          if (!file) throw new Error(`no texts of the start in ${language}`)
          texts[language] = `/${file.fileName}`
        }
        const font = files.find((one) => /source-sans-3-latin-wght-normal.*\.woff2$/.test(one.fileName))
        if (!font) throw new Error('no font')
        return [
          preload({ as: 'font', href: `/${font.fileName}`, type: 'font/woff2' }),
          ...['/api/session', '/api/organisation'].map((href) => preload({ as: 'fetch', href })),
          { tag: 'script', attrs: { nonce }, children: preloadTexts(texts), injectTo: 'head' },
        ]
      },
    },
  }
}

function preload(attrs: Record<string, string>): HtmlTagDescriptor {
  return { tag: 'link', attrs: { rel: 'preload', crossorigin: true, ...attrs }, injectTo: 'head' }
}

/** Script that preloads the texts in the stored language (language.ts). */
function preloadTexts(files: Record<string, string>): string {
  return `{
  const files = ${JSON.stringify(files)}
  const link = document.createElement('link')
  link.rel = 'modulepreload'
  link.href = files[localStorage.getItem('seloste.language')] ?? files.fi
  document.head.append(link)
}`
}
