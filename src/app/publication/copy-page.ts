import type { Language } from '#description/closed-lists.ts'
import { html, type Html } from './html.ts'
import { listDownload, sayDownload } from './say.ts'

/** Page of a single-use download: its content, one button, and how to open the file. */
export function copyPage(what: 'copy' | 'package', language: Language, action: string): Html {
  const [say, list] = [sayDownload(language), listDownload(language)]
  return html`<article class="sheet">
    <h1>${say(`download.${what}.title`)}</h1>
    <p class="lead">${say(`download.${what}.lead`)}</p>
    <p>${say(`download.${what}.once`)}</p>
    <form class="form" method="post" action="${action}">
      <button class="button" type="submit">${say(`download.${what}.download`)}</button>
    </form>
    <section aria-labelledby="opening">
      <h2 id="opening">${say(`download.${what}.open-title`)}</h2>
      <p>${say(`download.${what}.open-lead`)}</p>
      <ol>
        ${list(`download.${what}.open-steps`).map((step) => html`<li>${step}</li>`)}
      </ol>
      <p><code class="command">${say(`download.${what}.open-command`)}</code></p>
      <p>${say(`download.${what}.open-key`)}</p>
      <p>${say(`download.${what}.others`)}</p>
    </section>
  </article>`
}
