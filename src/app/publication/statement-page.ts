import type { Language } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { feedbackListPaths, feedbackPaths } from './addresses.ts'
import { html, type Html } from './html.ts'
import { listAccessibility, sayAccessibility } from './say.ts'

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
  const [say, list] = [sayAccessibility(language), listAccessibility(language)]
  const { email, phone } = contacts.accessibility
  const paragraphs = (texts: readonly string[]) => texts.map((text) => html`<p>${text}</p>`)
  return html`<article class="sheet">
    <h1>${say('accessibility.title')}</h1>
    ${paragraphs(list('accessibility.about', { organisation: controller.name[language] }))}
    <section>
      <h2>${say('accessibility.status-title')}</h2>
      ${paragraphs(list('accessibility.status'))}
    </section>
    <section>
      <h2>${say('accessibility.gaps-title')}</h2>
      <p>${say('accessibility.gaps-lead')}</p>
      <ul>
        ${list('accessibility.gaps').map((text) => html`<li>${text}</li>`)}
      </ul>
    </section>
    <section>
      <h2>${say('accessibility.made-title')}</h2>
      ${paragraphs(list('accessibility.made'))}
    </section>
    <section>
      <h2>${say('accessibility.feedback-title')}</h2>
      <p>${say('accessibility.feedback')}</p>
      <p><a href="${feedbackPaths[language]}">${say('accessibility.to-form')}</a></p>
      <dl class="details">
        <div>
          <dt>${say('accessibility.by-email')}</dt>
          <dd><a href="mailto:${email}">${email}</a></dd>
        </div>
        ${
          phone !== undefined &&
          html`<div>
            <dt>${say('accessibility.by-phone')}</dt>
            <dd>${phone}</dd>
          </div>`
        }
      </dl>
      ${signedIn && html`<p><a href="${feedbackListPaths[language]}">${say('accessibility.to-list')}</a></p>`}
    </section>
    <section>
      <h2>${say('accessibility.authority-title')}</h2>
      ${paragraphs(list('accessibility.authority'))}
      <p>
        ${say('accessibility.authority-name')}<br /><a href="${authoritySite[language]}" rel="noreferrer"
          >${authoritySite[language].replace('https://', '')}</a
        >
      </p>
    </section>
  </article>`
}
