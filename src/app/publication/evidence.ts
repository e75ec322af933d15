import type { Proof } from '#app/http/contract/plan.ts'
import { sentencesOf, type PublishedDocument, type Sentence } from '#description/publish/published-document.ts'
import type { PromiseId } from '#description/promises.ts'
import type { Language } from '#description/closed-lists.ts'
import { formatInstant } from './dates.ts'
import { html, type Html } from './html.ts'
import { evidenceTexts } from './page-texts.ts'

/** Latest proof of each checked promise. */
export type Evidence = ReadonlyMap<PromiseId, Proof>

export function evidenceOf(proofs: readonly Proof[]): Evidence {
  return new Map(proofs.map((proof) => [proof.promise, proof]))
}

/** Renders a summary: how many of the page's promises hold, and which do not. */
export function renderEvidenceSummary(document: PublishedDocument, evidence: Evidence): Html {
  const t = evidenceTexts(document.language)
  const sentences = sentencesOf(document)
  const promised = [...new Set(sentences.flatMap(({ promises }) => promises))]
  const proofs = promised.flatMap((promise) => evidence.get(promise) ?? [])
  const broken = proofs.filter(({ holds }) => !holds)
  const unchecked = promised.length - proofs.length
  // Unchecked promises count as broken.
  const summaryState = broken.length > 0 || unchecked > 0 ? 'broken' : 'holds'
  const unproved = sentences.filter((one) => stateOf(one) === 'unproved').length
  return html`<section class="summary ${summaryState}" aria-labelledby="evidence">
    <h2 id="evidence">${t('evidence.title')}</h2>
    <p class="summary-count">
      ${mark(summaryState)}<span
        >${t('evidence.hold', { count: proofs.length - broken.length })}${broken.length > 0 && html` <strong>${t('evidence.do-not-hold', { count: broken.length })}</strong>`}${unchecked > 0 && ` ${t('evidence.unchecked', { count: unchecked })}`}</span
      >
    </p>
    ${
      broken.length > 0 &&
      html`<ul>
        ${broken.map(
          (proof) =>
            html`<li>
              <a href="#${sentences.find(({ promises }) => promises.includes(proof.promise))?.id}"
                >${proof.text[document.language]}</a
              >
            </li>`,
        )}
      </ul>`
    }
    <p class="note">${t('evidence.unproved', { count: unproved })} ${t('evidence.only-you')}</p>
  </section>`
}

/** Renders the list of sentences without a check. All readers see it, also without signing in. */
export function renderUncheckedSentences(document: PublishedDocument): Html | undefined {
  const t = evidenceTexts(document.language)
  const unchecked = sentencesOf(document).filter((one) => stateOf(one) === 'unproved' && one.text.trim() !== '')
  if (unchecked.length === 0) return undefined
  return html`<section class="not-checked on-screen" aria-labelledby="not-checked">
    <h2 id="not-checked">${t('evidence.unchecked-title')}</h2>
    <p>${t('evidence.unchecked-why')}</p>
    <ul>
      ${unchecked.map(({ id, text }) => html`<li><a href="#${id}">${text}</a></li>`)}
    </ul>
  </section>`
}

/** Renders the proof of a sentence, or the statement that there is none. */
export function renderSentenceProof(one: Sentence, language: Language, evidence: Evidence): Html | undefined {
  const t = evidenceTexts(language)
  switch (stateOf(one)) {
    case 'part':
      return undefined
    case 'setting':
      return html`<p class="evidence quiet">${t('evidence.setting')}</p>`
    case 'law':
      return html`<p class="evidence quiet">${t('evidence.law')}</p>`
    case 'unproved':
      return html`<p class="evidence quiet">${t('evidence.nothing-proves')}</p>`
    case 'promised':
      return html`<div class="evidence">
        ${one.promises.map((promise) => renderProof(promise, evidence.get(promise), language))}
      </div>`
  }
}

function renderProof(promise: PromiseId, proof: Proof | undefined, language: Language): Html {
  const t = evidenceTexts(language)
  if (!proof) return html`<p class="quiet">${t('evidence.not-checked')}</p>`
  const facts = Object.entries(proof.facts).filter(([, value]) => value !== null)
  return html`<details class="proof ${proof.holds ? 'holds' : 'broken'}">
    <summary>
      ${mark(proof.holds ? 'holds' : 'broken')}<span
        ><strong>${proof.holds ? t('evidence.holds') : t('evidence.does-not-hold')}</strong>
        ${proof.text[language]}</span
      >
    </summary>
    <dl>
      <div>
        <dt>${t('evidence.checked-at')}</dt>
        <dd>${formatInstant(Temporal.Instant.from(proof.checkedAt), language)}</dd>
      </div>
      ${
        proof.brokenSince !== undefined &&
        html`<div>
          <dt>${t('evidence.broken-since')}</dt>
          <dd>${formatInstant(Temporal.Instant.from(proof.brokenSince), language)}</dd>
        </div>`
      }
      <div>
        <dt>${t('evidence.rule')}</dt>
        <dd lang="en">${proof.rule}</dd>
      </div>
      ${
        facts.length > 0 &&
        html`<div>
          <dt>${t('evidence.counts')}</dt>
          <dd lang="en">
            <ul class="plain counts">
              ${facts.map(([name, value]) => html`<li>${name} ${String(value)}</li>`)}
            </ul>
          </dd>
        </div>`
      }
      <div>
        <dt>${t('evidence.test')}</dt>
        <dd lang="en"><code>${proof.test}</code></dd>
      </div>
      <div>
        <dt>${t('evidence.promise')}</dt>
        <dd lang="en"><code>${promise}</code></dd>
      </div>
    </dl>
  </details>`
}

type SentenceState = 'promised' | 'unproved' | 'setting' | 'law' | 'part'

/** Ids of sentences that only state a setting. Remove an id when a promise covers the sentence. */
const settings = new Set(['S0', 'S2', 'S3', 'S7', 'S11', 'L3', 'L7-where', 'L16-procedure', 'L36'])
/** Ids of sentences about rights that everybody has by law, independent of the system. */
const laws = new Set(['L2-complaint', 'L10-portability'])

function stateOf({ id, promises }: Sentence): SentenceState {
  if (promises.length > 0) return 'promised'
  // `S12.3` is a part of S12, and S12 has the proof.
  if (id.includes('.')) return 'part'
  if (laws.has(id)) return 'law'
  return settings.has(id) || id.startsWith('setting:') ? 'setting' : 'unproved'
}

/** Renders a mark. The state is also visible without colours: the mark has a shape, and text follows it. */
function mark(kind: 'holds' | 'broken'): Html {
  const path = kind === 'holds' ? 'M5.5 10.5l3 3 6-7' : 'M6.5 6.5l7 7M13.5 6.5l-7 7'
  return html`<svg class="mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
    <circle cx="10" cy="10" r="9" />
    <path d="${path}" />
  </svg>`
}
