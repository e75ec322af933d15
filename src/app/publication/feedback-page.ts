import type { Language } from '#description/closed-lists.ts'
import type { Feedback } from '#safeguards/feedback/feedback.ts'
import { feedbackListPaths, feedbackPaths, statementPaths } from './addresses.ts'
import { formatInstant } from './dates.ts'
import type { FeedbackProblems, WrittenFeedback } from './feedback-form.ts'
import { html, type Html } from './html.ts'
import { sayFeedback } from './say.ts'

interface Field {
  name: string
  label: string
  hint: string
  value: string
  problem?: string | undefined
  rows?: number
  type?: 'text' | 'email'
  optional?: boolean
}

/** Renders the form, with earlier values and their problems if there are any. */
export function feedbackPage(language: Language, written?: WrittenFeedback, problems: FeedbackProblems = {}): Html {
  const say = sayFeedback(language)
  const fields: Field[] = [
    {
      name: 'message',
      label: say('feedback.message'),
      hint: say('feedback.message-hint'),
      value: written?.message ?? '',
      rows: 8,
    },
    {
      name: 'place',
      label: say('feedback.place'),
      hint: say('feedback.place-hint'),
      value: written?.place ?? '',
      type: 'text',
      optional: true,
    },
    {
      name: 'email',
      label: say('feedback.email'),
      hint: say('feedback.email-hint'),
      value: written?.email ?? '',
      type: 'email',
      optional: true,
    },
  ]
  return html`<article class="sheet">
    <h1>${say('feedback.title')}</h1>
    <p class="lead">${say('feedback.lead')}</p>
    ${problemSummary(language, problems)}
    <form class="form" method="post" action="${feedbackPaths[language]}" novalidate>
      ${fields.map((field) => renderField({ ...field, problem: problems[field.name as keyof FeedbackProblems] }, language))}
      <p class="note">${say('feedback.privacy')}</p>
      <button class="button" type="submit">${say('feedback.send')}</button>
    </form>
    <p><a href="${statementPaths[language]}">${say('feedback.to-statement')}</a></p>
  </article>`
}

/** Page after sending, with the due date of the answer. */
export function receivedPage(language: Language, dueBy: string): Html {
  const say = sayFeedback(language)
  return html`<article class="sheet">
    <h1>${say('feedback.received-title')}</h1>
    <p>${say('feedback.received', { by: dueBy })}</p>
    <p><a href="${statementPaths[language]}">${say('feedback.to-statement')}</a></p>
  </article>`
}

/** The administrator's list of feedback; each open one has a form for its answer. */
export function feedbackListPage(
  all: readonly Feedback[],
  language: Language,
  now: Temporal.Instant,
  wrong?: { id: string; answer: string; problem: string },
): Html {
  const say = sayFeedback(language)
  const waiting = all.filter(({ answer }) => !answer).length
  return html`<article class="sheet">
    <h1>${say('feedback.list-title')}</h1>
    <p class="lead">
      ${all.length === 0 ? say('feedback.none') : waiting === 0 ? say('feedback.list-lead.none') : say('feedback.list-lead', { count: waiting })}
    </p>
    ${wrong && problemSummary(language, { [`answer-${wrong.id}`]: wrong.problem })}
    ${all.map((one) => renderFeedback(one, language, now, wrong?.id === one.id ? wrong : undefined))}
  </article>`
}

function renderFeedback(
  one: Feedback,
  language: Language,
  now: Temporal.Instant,
  wrong: { answer: string; problem: string } | undefined,
): Html {
  const say = sayFeedback(language)
  const { id, message, place, email, answer } = one
  const overdue = !answer && Temporal.Instant.compare(one.answerDueAt, now) < 0
  return html`<section id="f-${id}">
    <h2 id="h-${id}">
      ${say('feedback.received-at')}
      ${formatInstant(one.receivedAt, language)}${overdue && html` <span class="state overdue">${say('feedback.overdue')}</span>`}
    </h2>
    <p class="written" lang="${one.language}">${message}</p>
    <dl class="details">
      ${
        place !== null &&
        html`<div>
          <dt>${say('feedback.about')}</dt>
          <dd lang="${one.language}">${place}</dd>
        </div>`
      }
      <div>
        <dt>${say('feedback.writer')}</dt>
        <dd>${email === null ? say('feedback.no-address') : html`<a href="${mailTo(email)}">${email}</a>`}</dd>
      </div>
      ${
        answer
          ? html`<div>
                <dt>${say('feedback.answered-at')}</dt>
                <dd>${formatInstant(answer.at, language)}</dd>
              </div>
              <div>
                <dt>${say('feedback.answer')}</dt>
                <dd class="written">${answer.text}</dd>
              </div>`
          : html`<div>
              <dt>${say('feedback.due-by')}</dt>
              <dd>${formatInstant(one.answerDueAt, language)}</dd>
            </div>`
      }
    </dl>
    ${
      !answer &&
      html`<form class="form" method="post" action="${feedbackListPaths[language]}/${id}" novalidate>
        ${renderField({ name: 'answer', label: say('feedback.answer-label'), hint: say('feedback.answer-hint'), value: wrong?.answer ?? '', problem: wrong?.problem, rows: 3 }, language, id)}
        <button class="button" type="submit" aria-describedby="h-${id}">${say('feedback.note')}</button>
      </form>`
    }
  </section>`
}

/** RFC 6068: escapes whatever of an address could become a header or a body. */
function mailTo(email: string): string {
  return `mailto:${email.split('@').map(encodeURIComponent).join('@')}`
}

/** Links each problem to its field; gets the focus when the page opens, so that screen readers read it first. */
function problemSummary(language: Language, problems: Readonly<Record<string, string | undefined>>): Html | undefined {
  const listed = Object.entries(problems).filter(([, problem]) => problem !== undefined)
  if (listed.length === 0) return undefined
  return html`<div class="problems" role="alert" aria-labelledby="problems">
    <h2 id="problems" tabindex="-1" autofocus>${sayFeedback(language)('feedback.problems-title')}</h2>
    <ul>
      ${listed.map(([field, problem]) => html`<li><a href="#${field}">${problem}</a></li>`)}
    </ul>
  </div>`
}

/** Label above, hint between, the problem beside the field and referenced by it (WCAG 3.3.1, 1.3.1). */
function renderField(field: Field, language: Language, of?: string): Html {
  const say = sayFeedback(language)
  const { name, label, hint, value, problem, rows, type, optional } = field
  const id = of === undefined ? name : `${name}-${of}`
  const described = `${id}-hint${problem === undefined ? '' : ` ${id}-problem`}`
  const shared = html`id="${id}" name="${name}"
  aria-describedby="${described}"${problem !== undefined && html` aria-invalid="true"`}${!optional && html` required`}`
  return html`<div class="field${problem !== undefined && ' is-wrong'}">
    <label for="${id}"
      >${label}${optional && html` <span class="note-inline">(${say('feedback.optional')})</span>`}</label
    >
    <p class="note" id="${id}-hint">${hint}</p>
    ${problem !== undefined && html`<p class="problem" id="${id}-problem"><strong>${say('feedback.error-prefix')}</strong> ${problem}</p>`}
    ${
      rows === undefined
        ? html`<input
            ${shared}
            type="${type}"
            value="${value}"
            ${type === 'email' && html` autocomplete="email" spellcheck="false"`}
          />`
        : html`<textarea ${shared} rows="${rows}">${value}</textarea>`
    }
  </div>`
}
