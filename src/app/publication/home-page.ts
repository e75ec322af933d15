import type { HomeAsking, Language } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import type { RequestKind } from '#register/request-tables.ts'
import type { SentRequest } from '#use/requests/home/home-requests.ts'
import type { HomeAnswer } from '#use/requests/home/identified-desk.ts'
import pageTexts from '#texts/pages/requests.json' with { type: 'json' }
import { answerWord, askingPaths, identifyWord } from './addresses.ts'
import { formatInstant } from './dates.ts'
import { problemSummary, renderField, type Field } from './form-fields.ts'
import type { RequestProblems, WrittenRequest } from './home-form.ts'
import { html, type Html } from './html.ts'
import { markRows, renderPart } from './letter-page.ts'
import { feedbackTexts, homeTexts } from './page-texts.ts'

/** Content of the page: from the description and the browser's own form, never from the register. */
export interface Asking {
  language: Language
  description: RegisterDescription
  asking: HomeAsking
  /** Kinds offered to callers and officials. */
  offered: readonly RequestKind[]
  /** Name of the provider where requesters identify, if they can. */
  provider?: string | undefined
}

/** Renders the page for a requester who has not identified. */
export function askingPage(asking: Asking, written: WrittenRequest, problems: RequestProblems = {}): Html {
  const { language, provider } = asking
  const t = homeTexts(language)
  const form = requestForm(asking, written, problems)
  return html`<article class="sheet">
    <h1>${t('home.title')}</h1>
    <p class="lead">${t('home.lead')}</p>
    <p>${t('home.how', { unit: asking.description.rights.unit[language] })}</p>
    ${problemSummary(t('home.problems-title'), problems)}
    ${
      provider === undefined
        ? html`<p>${asking.asking === 'signed' ? t('home.identity.signed') : t('home.identity.form')}</p>
            ${form}`
        : html`<section aria-labelledby="identify">
              <h2 id="identify">${t('home.identify-title')}</h2>
              <p>${t('home.identify-lead')}</p>
              <p>
                <a class="button" rel="nofollow" href="${askingPaths[language]}/${identifyWord[language]}"
                  >${t('home.identify', { name: provider })}</a
                >
              </p>
            </section>
            <section aria-labelledby="without">
              <h2 id="without">${t('home.without-title')}</h2>
              <p>${t('home.without-lead')}</p>
              ${form}
            </section>`
    }
  </article>`
}

/** Renders the page for a requester who has identified: a new request, or the answer to an earlier one. */
export function identifiedPage(
  asking: Asking,
  person: { name: string; signOutUrl?: string | undefined },
  written: WrittenRequest,
  problems: RequestProblems = {},
  codeProblem?: string,
): Html {
  const { language } = asking
  const t = homeTexts(language)
  return html`<article class="sheet">
    <h1>${t('home.title')}</h1>
    <p class="lead">${t('home.identified', { name: person.name })}</p>
    <p>${t('home.identified-note')}</p>
    ${person.signOutUrl !== undefined && html`<p><a href="${person.signOutUrl}" rel="noreferrer">${t('home.sign-out')}</a></p>`}
    ${problemSummary(t('home.problems-title'), { ...problems, code: codeProblem })}
    <section aria-labelledby="send">
      <h2 id="send">${t('home.send-title')}</h2>
      ${requestForm(asking, written, problems)}
    </section>
    <section aria-labelledby="fetch">
      <h2 id="fetch">${t('home.fetch-title')}</h2>
      <p>${t('home.fetch-lead')}</p>
      <form class="form" method="post" action="${askingPaths[language]}/${answerWord[language]}" novalidate>
        <input type="hidden" name="ticket" value="${written.ticket}" />
        ${renderField({ name: 'code', label: t('home.code'), hint: t('home.code-hint'), value: '', problem: codeProblem, autocomplete: 'off' }, language)}
        <button class="button" type="submit">${t('home.fetch')}</button>
      </form>
    </section>
  </article>`
}

function requestForm(asking: Asking, written: WrittenRequest, problems: RequestProblems): Html {
  const { language, offered } = asking
  const t = homeTexts(language)
  const isIdentified = written.ticket !== ''
  const field = (one: Field) => renderField({ ...one, problem: problems[one.name as keyof WrittenRequest] }, language)
  return html`<form class="form" method="post" action="${askingPaths[language]}" novalidate>
    ${isIdentified && html`<input type="hidden" name="ticket" value="${written.ticket}" />`}
    ${choices(language, {
      ...{ name: 'party', type: 'radio', label: t('home.party'), chosen: [written.party], problem: problems.party },
      options: (['CALLER', 'OFFICIAL'] as const).map((value) => ({ value, label: t(`home.party.${value}`) })),
    })}
    ${choices(language, {
      ...{ name: 'kinds', type: 'checkbox', label: t('home.kinds'), hint: t('home.kinds-hint') },
      ...{ chosen: written.kinds, problem: problems.kinds },
      options: offered.map((value) => ({ value, label: kindName(value, language) })),
    })}
    ${field({ name: 'told', label: t('home.told'), hint: t('home.told-hint'), value: written.told, rows: 4 })}
    ${!isIdentified && field({ name: 'name', label: t('home.name'), value: written.name, autocomplete: 'name' })}
    ${field({ name: 'address', label: t('home.address'), hint: t('home.address-hint'), value: written.address, rows: 3, optional: true })}
    ${field({ name: 'phone', label: t('home.phone'), value: written.phone, type: 'tel', optional: true, autocomplete: 'tel' })}
    ${field({ name: 'email', label: t('home.email'), value: written.email, type: 'email', optional: true })}
    ${field({ name: 'userId', label: t('home.user-id'), hint: t('home.user-id-hint'), value: written.userId, optional: true, autocomplete: 'off' })}
    <p class="note">${t('home.privacy')}</p>
    <button class="button" type="submit">${t('home.send')}</button>
  </form>`
}

function choices(
  language: Language,
  given: {
    name: string
    type: 'radio' | 'checkbox'
    label: string
    hint?: string
    chosen: readonly string[]
    problem?: string | undefined
    options: readonly { value: string; label: string }[]
  },
): Html {
  const { name, type, label, hint, chosen, problem, options } = given
  // The link of the problem summary leads to the first option.
  return html`<fieldset class="field choices${problem !== undefined && ' is-wrong'}">
    <legend>${label}</legend>
    ${hint !== undefined && html`<p class="note">${hint}</p>`}
    ${problem !== undefined && html`<p class="problem" id="${name}-problem"><strong>${feedbackTexts(language)('feedback.error-prefix')}</strong> ${problem}</p>`}
    ${options.map(
      ({ value, label: text }, index) =>
        html`<label class="choice" for="${index === 0 ? name : `${name}-${value}`}">
          <input
            id="${index === 0 ? name : `${name}-${value}`}"
            type="${type}"
            name="${name}"
            value="${value}"
            ${chosen.includes(value) && html` checked`}
            ${problem !== undefined && html` aria-describedby="${name}-problem"`}
          />
          <span>${text}</span>
        </label>`,
    )}
  </fieldset>`
}

function kindName(kind: RequestKind, language: Language): string {
  return pageTexts[`requests.request.kind.${kind}`][language]
}

/** Renders the confirmation: the code for the answer, or the form to print and sign. Shows only what the browser sent. */
export function sentPage(
  asking: Asking,
  sent: SentRequest,
  { at, code }: { at: Temporal.Instant; code?: string | undefined },
): Html {
  const { language, description } = asking
  const t = homeTexts(language)
  const unit = description.rights.unit[language]
  const due = at.toZonedDateTimeISO('Europe/Helsinki').add({ months: 1 }).toInstant()
  const { name, address, phone, email } = sent.requester
  const facts: [string, Html | string | undefined][] = [
    [t('home.name'), name],
    [t('home.address'), address],
    [t('home.phone'), phone],
    [t('home.email'), email],
    [t('home.party'), t(`home.party.${sent.party}`)],
    [t('home.user-id'), sent.userId],
    [t('home.kinds'), html`${sent.kinds.map((kind) => html`<span class="line">${kindName(kind, language)}</span>`)}`],
    [t('home.told'), sent.told],
  ]
  const isSigned = code === undefined && asking.asking === 'signed'
  return html`<article class="sheet">
    <h1>${t('home.sent-title')}</h1>
    <p>${t('home.sent', { unit, by: formatInstant(due, language) })}</p>
    <p>${code !== undefined ? t('home.sent-identified') : isSigned ? t('home.sent-signed') : t('home.sent-form')}</p>
    ${
      code !== undefined &&
      html`<dl class="details code-note">
        <div>
          <dt>${t('home.code')}</dt>
          <dd><code class="fetch-code">${code}</code></dd>
        </div>
      </dl>`
    }
    <section aria-labelledby="form">
      <h2 id="form">${t('home.form-title')}</h2>
      <dl class="details">
        <div>
          <dt>${t('home.to')}</dt>
          <dd class="written">
            ${[description.controller.name[language], unit, description.controller.postalAddress[language]].join('\n')}
          </dd>
        </div>
        ${facts.map(
          ([label, text]) =>
            text !== undefined &&
            html`<div>
              <dt>${label}</dt>
              <dd class="written">${text}</dd>
            </div>`,
        )}
      </dl>
    </section>
    ${
      isSigned &&
      html`<section aria-labelledby="law">
        <h2 id="law">${t('home.law-title')}</h2>
        <p>${t(description.profile === 'gdpr' ? 'home.law.gdpr' : 'home.law.seed')}</p>
        <div class="signature"><span>${t('home.sign-date')}</span><span>${t('home.sign-name')}</span></div>
      </section>`
    }
    <p><a href="${askingPaths[language]}">${t('home.back')}</a></p>
  </article>`
}

/** Renders the letters that the Service Unit left to be fetched, or why the request was discarded. */
export function answerPage(
  { language, description }: Pick<Asking, 'language' | 'description'>,
  { state, number, letters, reason, discardedAt }: HomeAnswer,
): Html {
  const t = homeTexts(language)
  const time = discardedAt === undefined ? '' : formatInstant(Temporal.Instant.from(discardedAt), language)
  const unit = description.rights.unit[language]
  return html`<article class="sheet">
    <h1>${t('home.answer-title')}</h1>
    <p class="lead">${t(`home.answer.${state}`, { number: number ?? '', time })}</p>
    ${
      reason
        ? html`<p>${t(`home.answer.discarded.${reason}`)} ${t('home.answer.again', { unit })}</p>`
        : html`<p>${t(letters.length === 0 ? 'home.answer.none' : 'home.answer.print')}</p>`
    }
    ${letters.map(
      ({ id, content, language: written }) =>
        html`<section class="fetched" aria-labelledby="l-${id}" lang="${written}">
          <h2 id="l-${id}">${content.title}</h2>
          <p class="written">${content.sender.join('\n')}</p>
          <p class="written">${content.recipient.join('\n')}</p>
          <dl class="details">${markRows(content.marks)}</dl>
          ${content.parts.map((part) => renderPart(part.kind === 'heading' ? { ...part, level: 3 } : part))}
        </section>`,
    )}
    <p><a href="${askingPaths[language]}">${t('home.back')}</a></p>
  </article>`
}
