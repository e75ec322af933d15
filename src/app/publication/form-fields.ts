import type { Language } from '#description/closed-lists.ts'
import { html, type Html } from './html.ts'
import { feedbackTexts } from './page-texts.ts'

/** A text field of a public form. */
export interface Field {
  name: string
  label: string
  hint?: string
  value: string
  problem?: string | undefined
  rows?: number
  type?: 'text' | 'email' | 'tel'
  optional?: boolean
  /** Value of the HTML attribute (WCAG 1.3.5). */
  autocomplete?: string
}

/** Renders the problems with links to their fields. Its heading has the focus, so that screen readers read it first. */
export function problemSummary(
  title: string,
  problems: Readonly<Record<string, string | undefined>>,
): Html | undefined {
  const listed = Object.entries(problems).filter(([, problem]) => problem !== undefined)
  if (listed.length === 0) return undefined
  return html`<div class="problems" role="alert" aria-labelledby="problems">
    <h2 id="problems" tabindex="-1" autofocus>${title}</h2>
    <ul>
      ${listed.map(([field, problem]) => html`<li><a href="#${field}">${problem}</a></li>`)}
    </ul>
  </div>`
}

/**
 * Renders a field with its label, hint and problem; the field references hint and problem (WCAG 3.3.1, 1.3.1).
 * @param suffix of the ids, on a page that has several forms
 */
export function renderField(field: Field, language: Language, suffix?: string): Html {
  const t = feedbackTexts(language)
  const { name, label, hint, value, problem, rows, type = 'text', optional, autocomplete } = field
  const id = suffix === undefined ? name : `${name}-${suffix}`
  const described = [hint !== undefined && `${id}-hint`, problem !== undefined && `${id}-problem`]
    .filter(Boolean)
    .join(' ')
  const shared = html`id="${id}" name="${name}"
  ${described !== '' && html`aria-describedby="${described}"`}${problem !== undefined && html` aria-invalid="true"`}${!optional && html` required`}`
  return html`<div class="field${problem !== undefined && ' is-wrong'}">
    <label for="${id}"
      >${label}${optional && html` <span class="note-inline">(${t('feedback.optional')})</span>`}</label
    >
    ${hint !== undefined && html`<p class="note" id="${id}-hint">${hint}</p>`}
    ${problem !== undefined && html`<p class="problem" id="${id}-problem"><strong>${t('feedback.error-prefix')}</strong> ${problem}</p>`}
    ${
      rows === undefined
        ? html`<input
            ${shared}
            type="${type}"
            value="${value}"
            ${type === 'email' && html` autocomplete="email" spellcheck="false"`}
            ${autocomplete !== undefined && html` autocomplete="${autocomplete}"`}
          />`
        : html`<textarea ${shared} rows="${rows}">${value}</textarea>`
    }
  </div>`
}
