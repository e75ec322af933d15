import { englishFamilyNames, englishGivenNames } from './names-en.ts'
import { finnishFamilyNames, finnishGivenNames } from './names-fi.ts'
import { swedishFamilyNames, swedishGivenNames } from './names-sv.ts'

/** A word's entry in the lists of names. `word`: also an ordinary word ("satu", "mäki", "may"), which alone is no name. */
export interface KnownName {
  given: boolean
  family: boolean
  word: boolean
}

/** Names that are also everyday words; alone and in lower case they prove nothing. */
const ambiguousNames = new Set(
  `satu lahja rauha meri tuuli unelma lumi alma ruusu toivo onni voitto oiva ukko jalo arvo sisko veli ilma oma aalto saari
  koski ruotsalainen suomalainen venäläinen saksalainen ranta karhu virta vuori linna järvi orava lähde murto kivi vaara palo
  kesti majuri valo valta puisto joki posti tuuri kilpi piispa vasara ruoho kokki kakkonen haukka paukku mäki niemi lahti salo
  lehto laine kallio nurmi laakso pelto sirkka kukko saksa harju sarja suvi aura kai kari ali per bo stig siv ek berg lind
  lund holm dahl falk björn sven lea ella anna annan anne may will mark grace rose hope faith bill jack art drew pat sue rob
  dawn joy frank grant brown white black green young king hill wood woods cook baker long price bell cole ward reed page rich
  love park banks little small best short sharp west field day lee wells hall walker turner carter cooper fisher butler green
  gray foster mason bishop carol dan an ann jo sara tom jan max kim vik ståhl skog furu hägg roos öst hans eden manner
  mari marin ari arin olli ollin elina tuli juuri kuusi kari karin korpi niitty kurki kangas linja tähti taru sampo tarmo
  sulo armo armas impi helmi kielo vieno tyyne viljo väinö kettu susi kallion kulma kuja hietala raita luoma sillan
  sointu seija ida aida eli erin min ken else even van linn moa tore tor bror visa hilja vuokko orvokki lilja saimi
  sami eija jouko rami tero vilja terhi venla kerttu orja vesa kirsi usko pilvi sini silja mikko alli pia milla millan
  johan kalle otto oton voiton voitte aune aunen sanna sannan arja tea nea timo tiina titta tikka talvi talven syrjä heino
  kuula leino alanko oja ojan suni sunin suo ahti ahde soini soinin vainio aho ahon hirvi rinne rinteen kanto kannon
  tupa liima manni mannin pursi rauta routa seppä sepän siira sorsa syvä toppi tuomi turva uoti vallin viita virpi
    ennen olin toinen toisen ensimmäinen viimeinen ainoa ainoan elossa eloon lista päiviä päivinä hukkaan hukassa lehti lehden
    kallista korvata korvaan veikkaan jonne herranen elo elon ennin sen sain saan tiedon back report june april august
  dan saga tage ray ola peter martin frost gäst is ice`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

const frontVowels = /[äöy]/
const backVowels = /[aou]/

/** Returns the inflected forms of a Finnish name: "Virtanen, Virtasen, Virtaselle"; "Lahti, Lahden, Lahdella". */
export function finnishForms(name: string): string[] {
  const a = backVowels.test(name) || !frontVowels.test(name) ? 'a' : 'ä'
  const forms = new Set([name])
  const weakEndings = ['n', `ll${a}`, 'lle', `lt${a}`, `ss${a}`, `st${a}`, 'ksi']
  const put = (stem: string, endings: readonly string[]) => endings.forEach((ending) => forms.add(stem + ending))
  if (name.endsWith('nen')) {
    const stem = name.slice(0, -3)
    put(`${stem}se`, [...weakEndings, 'en', `n${a}`])
    put(`${stem}s`, [`t${a}`])
  } else if (/[aeiouyäö]$/.test(name)) {
    const stems = name.endsWith('i') && name.length > 3 ? [name, `${name.slice(0, -1)}e`] : [name]
    for (const stem of stems) {
      for (const weak of new Set([stem, weakGrade(stem)])) put(weak, weakEndings)
      put(stem, [a, `${stem.at(-1) ?? ''}n`, `n${a}`, `t${a}`])
    }
  } else {
    if (/[aäeioö]s$/.test(name) || name.endsWith('us') || name.endsWith('ys')) {
      put(`${name.slice(0, -1)}kse`, [...weakEndings, 'en'])
      put(name, [`t${a}`])
    }
    put(`${name}i`, [...weakEndings, `n${a}`, 'in', a])
  }
  return [...forms]
}

const grades: readonly [RegExp, string][] = [
  [/kk([aeiouyäö]{1,2})$/, 'k$1'],
  [/pp([aeiouyäö]{1,2})$/, 'p$1'],
  [/tt([aeiouyäö]{1,2})$/, 't$1'],
  [/nk([aeiouyäö]{1,2})$/, 'ng$1'],
  [/nt([aeiouyäö]{1,2})$/, 'nn$1'],
  [/lt([aeiouyäö]{1,2})$/, 'll$1'],
  [/rt([aeiouyäö]{1,2})$/, 'rr$1'],
  [/mp([aeiouyäö]{1,2})$/, 'mm$1'],
  [/ht([aeiouyäö]{1,2})$/, 'hd$1'],
  [/([aeiouyäö])k([aeiouyäö]{1,2})$/, '$1$2'],
  [/([aeiouyäörl])p([aeiouyäö]{1,2})$/, '$1v$2'],
  [/([aeiouyäö])t([aeiouyäö]{1,2})$/, '$1d$2'],
]

/** Returns the weak grade of a stem: "Heikki" is "Heikin", "Lehto" is "Lehdon", "Ranta" is "Rannan". */
function weakGrade(stem: string): string {
  const rule = grades.find(([pattern]) => pattern.test(stem))
  return rule === undefined ? stem : stem.replace(rule[0], rule[1])
}

let known: ReadonlyMap<string, KnownName> | undefined

/** Returns all forms of all names, whatever the call's language. Built on first use. */
function knownForms(): ReadonlyMap<string, KnownName> {
  if (known !== undefined) return known
  const map = new Map<string, KnownName>()
  const put = (form: string, kind: 'given' | 'family', word: boolean) => {
    const before = map.get(form) ?? { given: false, family: false, word: false }
    map.set(form, { ...before, [kind]: true, word: before.word || word })
  }
  const each = (list: string, kind: 'given' | 'family', formsOf: (name: string) => readonly string[]) => {
    for (const name of list.trim().split(/\s+/)) {
      for (const form of formsOf(name))
        put(form, kind, ambiguousNames.has(name) || ambiguousNames.has(form) || form.length < 3)
    }
  }
  const withGenitive = (name: string) => [name, `${name}s`, `${name}'s`, ...finnishForms(name)]
  each(finnishGivenNames, 'given', withGenitive)
  each(finnishFamilyNames, 'family', withGenitive)
  each(swedishGivenNames, 'given', withGenitive)
  each(swedishFamilyNames, 'family', withGenitive)
  each(englishGivenNames, 'given', withGenitive)
  each(englishFamilyNames, 'family', withGenitive)
  known = map
  return map
}

/** Looks up a word in any inflected form. */
export function knownName(text: string): KnownName | undefined {
  return knownForms().get(text)
}

/** Returns true if a word has an ending typical of family names: rare names are not in the lists. */
export function endsLikeFamilyName(text: string): boolean {
  return (
    text.length >= 6 &&
    (/(nen|sen|selle|sella|sellä|selta|seltä)$/.test(text)
      ? /(i|o|u|a|ä|ö|y|e)(nen|sen|selle|sella|sellä|selta|seltä)$/.test(text)
      : /(ström|qvist|kvist|berg|lund|holm|gren|sson|blom|dahl|roos|mäki|niemi|järvi|koski|lahti|saari|ranta)s?$/.test(
          text,
        ))
  )
}
