import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { dayText, momentText } from '#description/value-texts.ts'
import type { PackagePages } from '#use/disclosure/packages/make-package.ts'
import { letterTexts } from '#use/requests/letters/letter-texts.ts'
import { html, Html } from './html.ts'
import { openingOf, type LetterStyle } from './letter-page.ts'
import { listPackaged, packagedTexts } from './page-texts.ts'

/** Style of the pages in packages. They have no scripts, links or requests, so that they can be read offline. */
const tableStyle = `
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid #888; padding: .3rem .5rem; text-align: left; vertical-align: top }
code { font-size: .875rem; overflow-wrap: anywhere }`
const filesStyle = `
th, td:not(:last-child) { white-space: nowrap }
@media (max-width: 30rem) { td:first-child { white-space: normal } }`
const plainStyle = `
body { font: 16px/1.5 sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }${tableStyle}`

/**
 * Returns functions that render the pages in packages.
 * @param described the description in force, and today's date in Helsinki for letters
 */
export function packagedPages(
  described: () => { description: RegisterDescription; today: Temporal.PlainDate },
  { css }: Pick<LetterStyle, 'css'>,
): PackagePages {
  return {
    research({ number, institute, language, study, dueOn }, files) {
      const [t, list] = [packagedTexts(language), listPackaged(language)]
      const { description, today } = described()
      const { controller } = description
      const pseudonymised = files.filter(({ level }) => level === 'D').length
      const until = dayText(Temporal.PlainDate.from(dueOn))[language]
      const duties = [
        ...list('packaged.duties'),
        ...(pseudonymised > 0 ? [t('packaged.duties.pseudonymised')] : []),
        ...list('packaged.duties.end', { until }),
      ]
      const [name, ...address] = [
        controller.name[language],
        controller.unit[language],
        controller.postalAddress[language],
        letterTexts(language)('letter.switchboard', { number: controller.switchboard[language] }),
      ]
      return page(
        language,
        `${t('packaged.title')} ${number}`,
        `${css}${tableStyle}${filesStyle}`,
        html`<main class="letter">
          ${openingOf({
            sender: [name, ...address],
            recipient: [institute],
            marks: [
              { label: t('packaged.date'), text: dayText(today)[language] },
              { label: t('packaged.number'), text: number },
            ],
          })}
          <h1>${t('packaged.title')}</h1>
          <dl class="facts">
            <div>
              <dt>${t('packaged.study')}</dt>
              <dd>${study}</dd>
            </div>
            <div>
              <dt>${t('packaged.until')}</dt>
              <dd>${until}</dd>
            </div>
          </dl>
          <p>${t(pseudonymised === 0 ? 'packaged.what.anonymised' : 'packaged.what', { count: files.length })}</p>
          ${pseudonymised > 0 && html`<p><strong>${t(`packaged.pseudonymised.${pseudonymised === files.length ? 'all' : 'some'}`, { count: pseudonymised })}</strong></p>`}
          <h2>${t('packaged.duties-title')}</h2>
          <ul>
            ${duties.map((duty) => html`<li>${duty}</li>`)}
          </ul>
          <h2>${t('packaged.contact-title')}</h2>
          <p>${t('packaged.contact')}</p>
          <p>${[address[0], name, ...address.slice(1)].join(', ')}</p>
          <h2>${t('packaged.files-title')}</h2>
          <p>${t('packaged.files-what')}</p>
          <table>
            <thead>
              <tr>
                <th scope="col">${t('packaged.file')}</th>
                <th scope="col">${t('packaged.length')}</th>
                ${pseudonymised > 0 && html`<th scope="col">${t('packaged.copy')}</th>`}
                <th scope="col">SHA-256</th>
              </tr>
            </thead>
            <tbody>
              ${files.map(
                ({ name: file, durationS, sha256, level }) =>
                  html`<tr>
                    <td>${file}</td>
                    <td>${durationS} s</td>
                    ${pseudonymised > 0 && html`<td>${t(`packaged.voice.${level === 'D' ? 'pseudonymised' : 'anonymised'}`)}</td>`}
                    <td><code>${sha256}</code></td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </main>`,
      )
    },
    authority({ number, authority, caseNumber }, calls) {
      const { controller, numbering } = described().description
      const at = (instant: string | null) => (instant === null ? '–' : momentText(Temporal.Instant.from(instant)).fi)
      const phone = (key: string | null) => (key === null ? '–' : displayPhoneNumber(key, numbering))
      // For a domestic authority, in Finnish and Swedish.
      return page(
        'fi',
        `${number} – ${caseNumber}`,
        plainStyle,
        html`<p>${controller.name.fi} / ${controller.name.sv}</p>
          <h1>Tunnistetiedot / Identifieringsuppgifter ${number}</h1>
          <p>${authority}, ${caseNumber}</p>
          ${calls.map(
            ({ item, startedAt, endedAt, caller, number: called, parts }) =>
              html`<h2>${item}</h2>
                <table>
                  <tbody>
                    ${row('Puhelu alkoi / Samtalet började', at(startedAt))}
                    ${row('Puhelu päättyi / Samtalet slutade', at(endedAt))}
                    ${row('Soittajan numero / Uppringarens nummer', phone(caller))}
                    ${row('Palvelunumero / Servicenummer', phone(called))}
                    ${parts.map(({ answeredAt, endedAt: over, number: reached, officialName, officialPhone }) =>
                      row(
                        'Virkailija / Tjänsteman',
                        [
                          officialName ?? '–',
                          phone(officialPhone),
                          `${at(answeredAt)} – ${at(over)}`,
                          phone(reached),
                        ].join(', '),
                      ),
                    )}
                  </tbody>
                </table>`,
          )}`,
      )
    },
  }
}

function row(label: string, text: string): Html {
  return html`<tr>
    <th scope="row">${label}</th>
    <td>${text}</td>
  </tr>`
}

function page(language: string, title: string, css: string, content: Html): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="referrer" content="no-referrer" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${new Html(`<style>${css}</style>`)}
      </head>
      <body>
        ${content}
      </body>
    </html>`.source
}
