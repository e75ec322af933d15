import { readFile } from 'node:fs/promises'
import type { Language } from '#description/closed-lists.ts'
import type { LetterContent, LetterPart } from '#use/requests/letters/letter.ts'
import { html, Html } from './html.ts'
import { stylePolicy } from './style-policy.ts'

/** Style sheet of letters, read once at the start, and the policy that allows only this style sheet. */
export interface LetterStyle {
  css: string
  /** Content-Security-Policy of a letter's page (CSP level 3). */
  policy: string
}

export async function readLetterStyle(): Promise<LetterStyle> {
  const css = await readFile(new URL('./letter.css', import.meta.url), 'utf8')
  return { css, policy: stylePolicy(css) }
}

/** Renders a letter as a separate page that can be saved, printed and put into a window envelope. */
export function letterPage(
  { content, number, language }: { content: LetterContent; number: string; language: Language },
  { css }: LetterStyle,
): string {
  const { title, parts } = content
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light" />
        <title>${title} – ${number}</title>
        ${new Html(`<style>${css}</style>`)}
      </head>
      <body>
        <main class="letter">
          ${openingOf(content)}
          <h1>${title}</h1>
          ${parts.map(renderPart)}
        </main>
      </body>
    </html> `.source
}

/** Renders sender, recipient and reference lines. The recipient is in the envelope's window. */
export function openingOf({ sender, recipient, marks }: Pick<LetterContent, 'sender' | 'recipient' | 'marks'>): Html {
  return html`<div class="opening">
    <address class="sender">${sender.map((line) => html`<span>${line}</span>`)}</address>
    <div class="recipient">${recipient.map((line) => html`<span>${line}</span>`)}</div>
    <dl class="marks">${markRows(marks)}</dl>
  </div>`
}

/** Renders the reference lines of a letter, for a `dl`. */
export function markRows(marks: LetterContent['marks']): Html[] {
  return marks.map(
    ({ label, text }) =>
      html`<div>
        <dt>${label}</dt>
        <dd>${text}</dd>
      </div>`,
  )
}

export function renderPart(part: LetterPart): Html {
  switch (part.kind) {
    case 'heading':
      return part.level === 2 ? html`<h2>${part.text}</h2>` : html`<h3>${part.text}</h3>`
    case 'paragraph':
      return html`<p>${part.text}</p>`
    case 'list':
      return html`<ul>
        ${part.items.map((item) => html`<li>${item}</li>`)}
      </ul>`
    case 'facts':
      return html`<dl class="facts">
        ${part.facts.map(
          ({ label, text }) =>
            html`<div>
              <dt>${label}</dt>
              <dd>${text}</dd>
            </div>`,
        )}
      </dl>`
  }
}
