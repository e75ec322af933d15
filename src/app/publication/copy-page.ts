import type { Language } from '#description/closed-lists.ts'
import { html, type Html } from './html.ts'
import { listDownload, downloadTexts } from './page-texts.ts'

/** Renders the page of a single-use download: what it contains, one button, and how to open the file. */
export function copyPage(kind: 'copy' | 'package', language: Language, action: string): Html {
  const [t, list] = [downloadTexts(language), listDownload(language)]
  return html`<article class="sheet">
    <h1>${t(`download.${kind}.title`)}</h1>
    <p class="lead">${t(`download.${kind}.lead`)}</p>
    <p>${t(`download.${kind}.once`)}</p>
    <form class="form" method="post" action="${action}">
      <button class="button" type="submit">${t(`download.${kind}.download`)}</button>
    </form>
    <section aria-labelledby="opening">
      <h2 id="opening">${t(`download.${kind}.open-title`)}</h2>
      <p>${t(`download.${kind}.open-lead`)}</p>
      <ol>
        ${list(`download.${kind}.open-steps`).map((step) => html`<li>${step}</li>`)}
      </ol>
      <p><code class="command">${t(`download.${kind}.open-command`)}</code></p>
      <p>${t(`download.${kind}.open-key`)}</p>
      <p>${t(`download.${kind}.others`)}</p>
    </section>
  </article>`
}
