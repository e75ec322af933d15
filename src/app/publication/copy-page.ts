import type { CopyWords } from './copy-words.ts'
import { html, type Html } from './html.ts'

/** What lies ready behind a link, one button, and how the file is opened. */
export function copyPage(say: CopyWords, action: string): Html {
  return html`<article class="sheet">
    <h1>${say.title}</h1>
    <p class="lead">${say.lead}</p>
    <p>${say.once}</p>
    <form class="form" method="post" action="${action}">
      <button class="button" type="submit">${say.download}</button>
    </form>
    <section aria-labelledby="opening">
      <h2 id="opening">${say.openTitle}</h2>
      <p>${say.openLead}</p>
      <ol>
        ${say.openSteps.map((step) => html`<li>${step}</li>`)}
      </ol>
      <p><code class="command">${say.openCommand}</code></p>
      <p>${say.openKey}</p>
      <p>${say.others}</p>
    </section>
  </article>`
}
