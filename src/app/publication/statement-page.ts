import type { Language } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { feedbackListPaths, feedbackPaths } from './addresses.ts'
import { html, type Html } from './html.ts'
import { listAccessibility, accessibilityTexts } from './page-texts.ts'

const authoritySite: Record<Language, string> = {
  fi: 'https://www.saavutettavuusvaatimukset.fi',
  sv: 'https://www.tillganglighetskrav.fi',
  en: 'https://www.webaccessibility.fi',
}

/** Renders the accessibility statement (L34), with the contacts of the description in force. */
export function statementPage(
  { controller, contacts }: RegisterDescription,
  language: Language,
  signedIn: boolean,
): Html {
  const [t, list] = [accessibilityTexts(language), listAccessibility(language)]
  const { email, phone } = contacts.accessibility
  const paragraphs = (texts: readonly string[]) => texts.map((text) => html`<p>${text}</p>`)
  return html`<article class="sheet">
    <h1>${t('accessibility.title')}</h1>
    ${paragraphs(list('accessibility.about', { organisation: controller.name[language] }))}
    <section>
      <h2>${t('accessibility.status-title')}</h2>
      ${paragraphs(list('accessibility.status'))}
    </section>
    <section>
      <h2>${t('accessibility.gaps-title')}</h2>
      <p>${t('accessibility.gaps-lead')}</p>
      <ul>
        ${list('accessibility.gaps').map((text) => html`<li>${text}</li>`)}
      </ul>
    </section>
    <section>
      <h2>${t('accessibility.made-title')}</h2>
      ${paragraphs(list('accessibility.made'))}
    </section>
    <section>
      <h2>${t('accessibility.feedback-title')}</h2>
      <p>${t('accessibility.feedback')}</p>
      <p><a href="${feedbackPaths[language]}">${t('accessibility.to-form')}</a></p>
      <dl class="details">
        <div>
          <dt>${t('accessibility.by-email')}</dt>
          <dd><a href="mailto:${email}">${email}</a></dd>
        </div>
        ${
          phone !== undefined &&
          html`<div>
            <dt>${t('accessibility.by-phone')}</dt>
            <dd>${phone}</dd>
          </div>`
        }
      </dl>
      ${signedIn && html`<p><a href="${feedbackListPaths[language]}">${t('accessibility.to-list')}</a></p>`}
    </section>
    <section>
      <h2>${t('accessibility.authority-title')}</h2>
      ${paragraphs(list('accessibility.authority'))}
      <p>
        ${t('accessibility.authority-name')}<br /><a href="${authoritySite[language]}" rel="noreferrer"
          >${authoritySite[language].replace('https://', '')}</a
        >
      </p>
    </section>
  </article>`
}
