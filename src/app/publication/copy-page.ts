import type { Language } from '#description/closed-lists.ts'
import { html, type Html } from './html.ts'
import { listDownload, downloadTexts } from './page-texts.ts'

/** Page of a single-use download: its content, one button, and how to open the file. */
export function copyPage(what: 'copy' | 'package', language: Language, action: string): Html {
  const [t, list] = [downloadTexts(language), listDownload(language)]
  return html`<article class="sheet">
    <h1>${t(`download.${what}.title`)}</h1>
    <p class="lead">${t(`download.${what}.lead`)}</p>
    <p>${t(`download.${what}.once`)}</p>
    <form class="form" method="post" action="${action}">
      <button class="button" type="submit">${t(`download.${what}.download`)}</button>
    </form>
    <section aria-labelledby="opening">
      <h2 id="opening">${t(`download.${what}.open-title`)}</h2>
      <p>${t(`download.${what}.open-lead`)}</p>
      <ol>
        ${list(`download.${what}.open-steps`).map((step) => html`<li>${step}</li>`)}
      </ol>
      <p><code class="command">${t(`download.${what}.open-command`)}</code></p>
      <p>${t(`download.${what}.open-key`)}</p>
      <p>${t(`download.${what}.others`)}</p>
    </section>
  </article>`
}
