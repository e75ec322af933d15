import type { Language } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { feedbackListPaths, feedbackPaths } from './addresses.ts'
import { html, type Html } from './html.ts'
import { authoritySite, statementWords } from './statement-words.ts'

/** The accessibility statement (L34), with the contacts of the description in force. */
export function statementPage(
  { controller, contacts }: RegisterDescription,
  language: Language,
  signedIn: boolean,
): Html {
  const say = statementWords[language]
  const { email, phone } = contacts.accessibility
  const paragraphs = (texts: readonly string[]) => texts.map((text) => html`<p>${text}</p>`)
  return html`<article class="sheet">
    <h1>${say.title}</h1>
    ${paragraphs(say.about(controller.name[language]))}
    <section>
      <h2>${say.statusTitle}</h2>
      ${paragraphs(say.status)}
    </section>
    <section>
      <h2>${say.gapsTitle}</h2>
      <p>${say.gapsLead}</p>
      <ul>
        ${say.gaps.map((text) => html`<li>${text}</li>`)}
      </ul>
    </section>
    <section>
      <h2>${say.madeTitle}</h2>
      ${paragraphs(say.made)}
    </section>
    <section>
      <h2>${say.feedbackTitle}</h2>
      <p>${say.feedback}</p>
      <p><a href="${feedbackPaths[language]}">${say.toForm}</a></p>
      <dl class="details">
        <div>
          <dt>${say.byEmail}</dt>
          <dd><a href="mailto:${email}">${email}</a></dd>
        </div>
        ${
          phone !== undefined &&
          html`<div>
            <dt>${say.byPhone}</dt>
            <dd>${phone}</dd>
          </div>`
        }
      </dl>
      ${signedIn && html`<p><a href="${feedbackListPaths[language]}">${say.toList}</a></p>`}
    </section>
    <section>
      <h2>${say.authorityTitle}</h2>
      ${paragraphs(say.authority)}
      <p>
        ${say.authorityName}<br /><a href="${authoritySite[language]}" rel="noreferrer"
          >${authoritySite[language].replace('https://', '')}</a
        >
      </p>
    </section>
  </article>`
}
