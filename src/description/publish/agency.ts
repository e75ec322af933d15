import type { Language } from '../closed-lists.ts'
import type { RegisterDescription } from '../register-description.ts'

/** The controller and its desk as the sentences of one language bend them. */
export type Agency = {
  name: string
  /** Verohallinnon, Skatteförvaltningens, the Tax Administration’s. */
  genitive: string
  /** Verohallinnolla, Verohallinnossa; the plain name where the language has a preposition. */
  adessive: string
  inessive: string
  /** Palveluyksikköön; the plain name elsewhere. */
  toUnit: string
}

/** Finnish forms are data; Swedish and English follow a rule. */
export function agencyIn({ controller, rights }: RegisterDescription, language: Language): Agency {
  const name = controller.name[language]
  const unit = rights.unit[language]
  switch (language) {
    case 'fi':
      return { name, ...controller.finnishForms, toUnit: rights.finnishForms.illative }
    case 'sv':
      // A name that ends in s, x or z takes no further s.
      return { name, genitive: /[sxz]$/i.test(name) ? name : `${name}s`, adessive: name, inessive: name, toUnit: unit }
    case 'en': {
      const called = withArticle(name)
      const genitive = called.endsWith('s') ? `${called}’` : `${called}’s`
      return { name: called, genitive, adessive: called, inessive: called, toUnit: withArticle(unit) }
    }
  }
}

/** What an office is called in English: the name of one begins with "the" (the Tax Administration), a name such as Kela not. */
const officeNoun =
  /\b(administration|agency|authority|board|bureau|centre|center|city|commission|committee|council|court|customs|department|desk|government|inspectorate|institute|institution|ministry|municipality|office|ombudsman|register|registry|service|services|team|treasury|unit|university)\b/i

function withArticle(name: string): string {
  return officeNoun.test(name) && !/^the\b/i.test(name) ? `the ${name}` : name
}

/** The same at the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}
