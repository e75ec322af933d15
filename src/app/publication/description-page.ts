import type { Block, Fact, PublishedDocument, Sentence, Table } from '#description/publish/published-document.ts'
import type { Language } from '#description/closed-lists.ts'
import { descriptionPaths, versionsAddresses } from './addresses.ts'
import { formatDay } from './dates.ts'
import { renderSentenceProof, renderEvidenceSummary, renderUncheckedSentences, type Evidence } from './evidence.ts'
import { html, type Html } from './html.ts'
import { addressOf, whenInForce, type VersionWithState } from './version-states.ts'
import { publicationTexts } from './page-texts.ts'

/** Renders the description; with `evidence` (for signed-in readers), each sentence has its proof beside it. */
export function descriptionPage(document: PublishedDocument, shown: VersionWithState, evidence?: Evidence): Html {
  const { language } = document
  const t = publicationTexts(language)
  return html`<article class="description${evidence && ' is-proved'}">
    <header class="title">
      <h1 id="S0">${document.title.text}</h1>
      <p class="kind" id="S1">${document.subtitle.text}</p>
      ${shown.state !== 'in-force' && versionState(shown, language)}
      <p class="edition">
        <span>${t('publication.version')} ${shown.version.version}</span>
        <span>${whenInForce(shown, language)}</span>
        <span class="on-screen"
          ><a href="${addressOf(shown, language)}.pdf" type="application/pdf">${t('publication.as-pdf')}</a></span
        >
        <span class="on-screen"><a href="${versionsAddresses()[language]}">${t('publication.all-versions')}</a></span>
      </p>
    </header>
    ${evidence && renderEvidenceSummary(document, evidence)}
    ${document.sections.map(
      ({ id, heading, blocks }) =>
        html`<section id="${id}">
          ${heading !== '' && html`<h2>${heading}</h2>`}${blocks.map((block) => renderBlock(block, language, evidence))}
        </section>`,
    )}
    ${renderUncheckedSentences(document)}
    <section class="this-version" aria-labelledby="this-version">
      <h2 id="this-version">${t('publication.this-version')}</h2>
      <dl>
        <div>
          <dt>${t('publication.version')}</dt>
          <dd>${shown.version.version}</dd>
        </div>
        <div>
          <dt>${t('publication.in-force')}</dt>
          <dd>${whenInForce(shown, language)}</dd>
        </div>
        <div>
          <dt>${t('publication.approved')}</dt>
          <dd>${formatDay(shown.version.description.decision.decidedOn, language)}</dd>
        </div>
        <div>
          <dt>${t('publication.hash')}</dt>
          <dd>
            <code class="hash">${shown.version.hash}</code><span class="note">${t('publication.hash-note')}</span>
          </dd>
        </div>
        <div class="on-screen">
          <dt>${t('publication.in-other-forms')}</dt>
          <dd>
            <ul class="plain">
              <li>
                <a href="${addressOf(shown, language)}.pdf" type="application/pdf">${t('publication.as-pdf')}</a>
              </li>
              <li>
                <a href="${addressOf(shown, language)}.json" type="application/json">${t('publication.as-json')}</a>
              </li>
              <li><a href="${versionsAddresses()[language]}">${t('publication.all-versions')}</a></li>
            </ul>
          </dd>
        </div>
      </dl>
    </section>
  </article>`
}

function versionState(shown: VersionWithState, language: Language): Html {
  const t = publicationTexts(language)
  return html`<p class="standing ${shown.state}">
    <strong>${shown.state === 'past' ? t('publication.past-note') : t('publication.coming-note')}</strong>
    <a href="${descriptionPaths[language]}">${t('publication.to-current')}</a>
  </p>`
}

function renderBlock(block: Block, language: Language, evidence?: Evidence): Html {
  switch (block.kind) {
    case 'heading':
      return html`<h3>${block.text}</h3>`
    case 'facts':
      return html`<dl class="facts">${block.facts.map((fact) => renderFact(fact, language, evidence))}</dl>`
    case 'table':
      return renderTable(block)
    case 'paragraph':
      if (evidence) return html`${block.sentences.map((one) => renderProvedSentence(one, language, evidence))}`
      return html`<p>${renderSentences(block.sentences)}</p>`
    case 'list':
      return html`${block.lead && (evidence ? renderProvedSentence(block.lead, language, evidence) : html`<p id="${block.lead.id}" class="lead-in">${block.lead.text}</p>`)}
        <ul>
          ${block.items.map((item) => html`<li id="${item.id}">${item.text}</li>`)}
        </ul>`
  }
}

function renderTable({ head, rows }: Table): Html {
  return html`<div class="table">
    <table>
      <thead>
        <tr>
          ${head.map((text) => html`<th scope="col">${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ cells }) =>
            html`<tr>
              ${cells.map(({ id, text }, index) =>
                index === 0 ? html`<th scope="row" id="${id}">${text}</th>` : html`<td id="${id}">${text}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function renderFact({ label, lines }: Fact, language: Language, evidence?: Evidence): Html {
  return html`<div>
    <dt>${label}</dt>
    ${lines.map((line) =>
      evidence
        ? html`<dd>${renderProvedSentence(line, language, evidence)}</dd>`
        : html`<dd${line.id !== 'S0' && html` id="${line.id}"`}>${line.text}</dd>`,
    )}
  </div>`
}

/** Renders a paragraph's sentences, each with its number as element id. */
function renderSentences(sentences: readonly Sentence[]): Html[] {
  return sentences.map(({ id, text }, index) => html`${index > 0 && ' '}<span id="${id}">${text}</span>`)
}

function renderProvedSentence(one: Sentence, language: Language, evidence: Evidence): Html {
  const id = one.id === 'S0' ? '' : one.id
  const isBroken = one.promises.some((promise) => evidence.get(promise)?.holds === false)
  return html`<div class="proved${isBroken && ' is-broken'}">
    <p${id && html` id="${id}"`}>${one.text}</p>
    ${renderSentenceProof(one, language, evidence)}
  </div>`
}
