import type { Change } from '#description/changes/change.ts'
import type { Language } from '#description/closed-lists.ts'
import { descriptionPaths } from './addresses.ts'
import { formatDay } from './dates.ts'
import { html, type Html } from './html.ts'
import { whenInForce, type VersionWithState } from './version-states.ts'
import { publicationTexts } from './page-texts.ts'

/** Renders every version, newest first: time in force, approval, changes and hash. */
export function versionsPage(
  versions: readonly VersionWithState[],
  changes: ReadonlyMap<number, readonly Change[]>,
  language: Language,
): Html {
  const t = publicationTexts(language)
  return html`<article class="sheet">
    <h1>${t('publication.versions-title')}</h1>
    <p class="lead">${t('publication.versions-lead')}</p>
    ${versions.toReversed().map((one) => {
      const { version, state } = one
      const path = `${descriptionPaths[language]}/${version.version}`
      return html`<section id="v${version.version}">
        <h2>
          <a href="${path}">${t('publication.version')} ${version.version}</a>
          <span class="state ${state}">${stateWord(state, language)}</span>
        </h2>
        <dl class="details">
          <div>
            <dt>${t('publication.in-force')}</dt>
            <dd>${whenInForce(one, language)}</dd>
          </div>
          <div>
            <dt>${t('publication.approved')}</dt>
            <dd>${formatDay(version.description.decision.decidedOn, language)}</dd>
          </div>
          <div>
            <dt>${t('publication.changes')}</dt>
            <dd>${changeSection(version.version, changes.get(version.version) ?? [], language)}</dd>
          </div>
          <div>
            <dt>${t('publication.hash')}</dt>
            <dd><code class="hash">${version.hash}</code></dd>
          </div>
          <div class="on-screen">
            <dt>${t('publication.in-other-forms')}</dt>
            <dd>
              <a href="${path}.pdf" type="application/pdf"
                >${t('publication.as-pdf')}<span class="visually-hidden">
                  (${t('publication.version')} ${version.version})</span
                ></a
              >,
              <a href="${path}.json" type="application/json"
                >JSON<span class="visually-hidden"> (${t('publication.version')} ${version.version})</span></a
              >
            </dd>
          </div>
        </dl>
      </section>`
    })}
    <p class="note">${t('publication.hash-note')}</p>
  </article>`
}

function stateWord(state: VersionWithState['state'], language: Language): string {
  const t = publicationTexts(language)
  return { past: t('publication.past'), coming: t('publication.coming'), 'in-force': t('publication.in-force') }[state]
}

function changeSection(version: number, changes: readonly Change[], language: Language): Html {
  const t = publicationTexts(language)
  if (changes.length > 0)
    return html`<ul>
      ${changes.map(({ text }) => html`<li>${text[language]}</li>`)}
    </ul>`
  return html`${version === 1 ? t('publication.first-version') : t('publication.no-changes')}`
}
