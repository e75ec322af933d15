/**
 * The speakers of the evaluation: voices in Debian's packages, with package, files and language of each.
 *
 * Speakers are known only by the name of a folder. Files of one language in several packages may be of one contributor:
 * `language` is therefore also the group within which speakers are never paired as impostors.
 */

export interface Person {
  id: string
  debianPackage: string
  /** Matches the files in the unpacked package. */
  files: RegExp
  /** nb and nn are one group, because they have the same translators. */
  language: string
  /** Connected speech, single words and letters, or an actor in a game. */
  kind: 'sentences' | 'words' | 'acted'
}

const asterisk = 'usr/share/asterisk/sounds'
const sentences = (id: string, debianPackage: string, folder: string, language: string): Person => ({
  id,
  debianPackage,
  language,
  kind: 'sentences',
  files: new RegExp(`^${asterisk}/${folder}/(?!silence/|.*(beep|tone|music)).*\\.(wav|gsm|sln)$`),
})

const fillets = (language: string, fish: 'm' | 'v'): Person => ({
  id: `fillets-${language}-${fish}`,
  debianPackage: `fillets-ng-data-${language}`,
  language,
  kind: 'sentences',
  // The file names contain the character that speaks: malá or velká.
  files: new RegExp(`/sound/[^/]+/${language}/[^/-]+-${fish}(-[^/]*)?\\.ogg$`),
})

const words = (debianPackage: string, prefix: string, files: (language: string) => RegExp) => (language: string) => ({
  id: `${prefix}-${language}`,
  debianPackage,
  language: ['nb', 'nn'].includes(language) ? 'no' : (language.split('_')[0] ?? language),
  kind: 'words' as const,
  files: files(language),
})

const ktuberling = words('ktuberling-data', 'ktuberling', (language) => new RegExp(`/sounds/${language}/[^/]+$`))
const klettres = words('klettres-data', 'klettres', (language) => new RegExp(`/klettres/${language}/[^/]+/[^/]+$`))
const tuxpaint = words(
  'tuxpaint-stamps-default',
  'tuxpaint',
  (language) => new RegExp(`_desc_${language}\\.(ogg|wav)$`),
)

const hedgewars = (name: string, language: string): Person => ({
  id: `hedgewars-${name}`,
  debianPackage: 'hedgewars-data',
  language,
  kind: 'acted',
  files: new RegExp(`/Sounds/voices/${name}/[^/]+\\.ogg$`),
})

export const people: readonly Person[] = [
  // Without Allison's Spanish prompts: she would count as two people.
  sentences('asterisk-allison', 'asterisk-core-sounds-en-wav', 'en_US_f_Allison', 'en'),
  sentences('asterisk-june', 'asterisk-core-sounds-fr-wav', 'fr_CA_f_June', 'fr'),
  sentences('asterisk-carlo', 'asterisk-core-sounds-it-wav', 'it_IT_m_Carlo', 'it'),
  sentences('asterisk-russian', 'asterisk-core-sounds-ru-wav', 'ru_RU_f_IvrvoiceRU', 'ru'),
  sentences('asterisk-german', 'asterisk-prompt-de', 'de', 'de'),
  sentences('asterisk-colombian', 'asterisk-prompt-es-co', 'es_CO_f_Avatar', 'es'),
  sentences('asterisk-armelle', 'asterisk-prompt-fr-armelle', 'fr', 'fr'),
  sentences('asterisk-menardi', 'asterisk-prompt-it-menardi-wav', 'it_IT_f_Menardi', 'it'),
  fillets('cs', 'm'),
  fillets('cs', 'v'),
  fillets('nl', 'm'),
  fillets('nl', 'v'),
  ...['fr', 'id', 'ca', 'uk', 'nn', 'lt', 'da', 'ru', 'wa', 'el', 'en', 'de', 'sl', 'gl'].map(ktuberling),
  ...['sr', 'sv', 'nds', 'ro', 'pt', 'nl', 'it', 'ga', 'es', 'fi', 'eo'].map(ktuberling),
  ...['ml', 'es', 'pt_BR', 'it', 'lt', 'uk', 'ru', 'nds', 'hu', 'tn', 'de', 'cs', 'nb', 'da', 'fr', 'ar'].map(klettres),
  ...['he', 'en_GB', 'en', 'nl'].map(klettres),
  ...['fr', 'ru', 'ro', 'ca', 'bg', 'es', 'be', 'el', 'nn', 'da', 'lt', 'nl'].map(tuxpaint),
  ...['Default', 'Singer', 'Pirate', 'Mobster', 'British', 'Surfer', 'Classic', 'HillBilly'].map((name) =>
    hedgewars(name, 'en'),
  ),
  ...(['Russian', 'Default_ru'] as const).map((name) => hedgewars(name, 'ru')),
  ...(['Russian_pl', 'Default_pl'] as const).map((name) => hedgewars(name, 'pl')),
  hedgewars('Default_es', 'es'),
  hedgewars('Default_uk', 'uk'),
]
