import type { Language } from '#description/closed-lists.ts'
import type { Feedback } from '#safeguards/feedback/feedback.ts'
import { feedbackListPaths, feedbackPaths, statementPaths } from './addresses.ts'
import { formatInstant } from './dates.ts'
import type { FeedbackProblems, WrittenFeedback } from './feedback-form.ts'
import { problemSummary, renderField, type Field } from './form-fields.ts'
import { html, type Html } from './html.ts'
import { feedbackTexts } from './page-texts.ts'

/** Renders the form. After a failed attempt it has the entered values and their problems. */
export function feedbackPage(language: Language, written?: WrittenFeedback, problems: FeedbackProblems = {}): Html {
  const t = feedbackTexts(language)
  const fields: Field[] = [
    {
      name: 'message',
      label: t('feedback.message'),
      hint: t('feedback.message-hint'),
      value: written?.message ?? '',
      rows: 8,
    },
    {
      name: 'place',
      label: t('feedback.place'),
      hint: t('feedback.place-hint'),
      value: written?.place ?? '',
      type: 'text',
      optional: true,
    },
    {
      name: 'email',
      label: t('feedback.email'),
      hint: t('feedback.email-hint'),
      value: written?.email ?? '',
      type: 'email',
      optional: true,
    },
  ]
  return html`<article class="sheet">
    <h1>${t('feedback.title')}</h1>
    <p class="lead">${t('feedback.lead')}</p>
    ${problemSummary(t('feedback.problems-title'), problems)}
    <form class="form" method="post" action="${feedbackPaths[language]}" novalidate>
      ${fields.map((field) => renderField({ ...field, problem: problems[field.name as keyof FeedbackProblems] }, language))}
      <p class="note">${t('feedback.privacy')}</p>
      <button class="button" type="submit">${t('feedback.send')}</button>
    </form>
    <p><a href="${statementPaths[language]}">${t('feedback.to-statement')}</a></p>
  </article>`
}

/** Renders the page that confirms the receipt of feedback, with the due date of the answer. */
export function receivedPage(language: Language, dueBy: string): Html {
  const t = feedbackTexts(language)
  return html`<article class="sheet">
    <h1>${t('feedback.received-title')}</h1>
    <p>${t('feedback.received', { by: dueBy })}</p>
    <p><a href="${statementPaths[language]}">${t('feedback.to-statement')}</a></p>
  </article>`
}

/** Renders the administrator's list of feedback. Each open item has a form for its answer. */
export function feedbackListPage(
  all: readonly Feedback[],
  language: Language,
  now: Temporal.Instant,
  wrong?: { id: string; answer: string; problem: string },
): Html {
  const t = feedbackTexts(language)
  const waiting = all.filter(({ answer }) => !answer).length
  return html`<article class="sheet">
    <h1>${t('feedback.list-title')}</h1>
    <p class="lead">
      ${all.length === 0 ? t('feedback.none') : waiting === 0 ? t('feedback.list-lead.none') : t('feedback.list-lead', { count: waiting })}
    </p>
    ${wrong && problemSummary(t('feedback.problems-title'), { [`answer-${wrong.id}`]: wrong.problem })}
    ${all.map((one) => renderFeedback(one, language, now, wrong?.id === one.id ? wrong : undefined))}
  </article>`
}

function renderFeedback(
  one: Feedback,
  language: Language,
  now: Temporal.Instant,
  wrong: { answer: string; problem: string } | undefined,
): Html {
  const t = feedbackTexts(language)
  const { id, message, place, email, answer } = one
  const overdue = !answer && Temporal.Instant.compare(one.answerDueAt, now) < 0
  return html`<section id="f-${id}">
    <h2 id="h-${id}">
      ${t('feedback.received-at')}
      ${formatInstant(one.receivedAt, language)}${overdue && html` <span class="state overdue">${t('feedback.overdue')}</span>`}
    </h2>
    <p class="written" lang="${one.language}">${message}</p>
    <dl class="details">
      ${
        place !== null &&
        html`<div>
          <dt>${t('feedback.about')}</dt>
          <dd lang="${one.language}">${place}</dd>
        </div>`
      }
      <div>
        <dt>${t('feedback.writer')}</dt>
        <dd>${email === null ? t('feedback.no-address') : html`<a href="${mailTo(email)}">${email}</a>`}</dd>
      </div>
      ${
        answer
          ? html`<div>
                <dt>${t('feedback.answered-at')}</dt>
                <dd>${formatInstant(answer.at, language)}</dd>
              </div>
              <div>
                <dt>${t('feedback.answer')}</dt>
                <dd class="written">${answer.text}</dd>
              </div>`
          : html`<div>
              <dt>${t('feedback.due-by')}</dt>
              <dd>${formatInstant(one.answerDueAt, language)}</dd>
            </div>`
      }
    </dl>
    ${
      !answer &&
      html`<form class="form" method="post" action="${feedbackListPaths[language]}/${id}" novalidate>
        ${renderField({ name: 'answer', label: t('feedback.answer-label'), hint: t('feedback.answer-hint'), value: wrong?.answer ?? '', problem: wrong?.problem, rows: 3 }, language, id)}
        <button class="button" type="submit" aria-describedby="h-${id}">${t('feedback.note')}</button>
      </form>`
    }
  </section>`
}

/** Returns a mailto URL (RFC 6068). Escapes characters of the address that would add a header or a body. */
function mailTo(email: string): string {
  return `mailto:${email.split('@').map(encodeURIComponent).join('@')}`
}
