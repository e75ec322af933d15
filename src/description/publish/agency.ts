import type { Language } from '../closed-lists.ts'
import type { RegisterDescription } from '../register-description.ts'

/** The controller and its desk in the grammatical forms of a language. */
export type Agency = {
  name: string
  /** Verohallinnon, Skatteförvaltningens, the Tax Administration’s. */
  genitive: string
  /** Verohallinnolla, Verohallinnossa; the plain name in languages with prepositions. */
  adessive: string
  inessive: string
  /** Palveluyksikköön; the plain name in other languages. */
  toUnit: string
}

/** Finnish forms are data; Swedish and English follow rules. */
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

/** English names of offices begin with "the" (the Tax Administration); names such as Kela do not. */
const officeNoun =
  /\b(administration|agency|authority|board|bureau|centre|center|city|commission|committee|council|court|customs|department|desk|government|inspectorate|institute|institution|ministry|municipality|office|ombudsman|register|registry|service|services|team|treasury|unit|university)\b/i

function withArticle(name: string): string {
  return officeNoun.test(name) && !/^the\b/i.test(name) ? `the ${name}` : name
}

/** Capitalises the first letter, for the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}
