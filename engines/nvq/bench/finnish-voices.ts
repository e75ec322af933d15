/**
 * Finnish voices in Debian's packages. There are few: festival's two speakers (diphones of two people) and espeak-ng's variants,
 * which are no people but formant, pitch and speed settings of one synthesiser.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { seeded } from './seeded.ts'
import { asTelephone, cacheFolder, keepPieces, readPieces } from './speech-packages.ts'

const run = promisify(execFile)

export interface FinnishVoice {
  id: string
  language: 'fi'
  program: 'festival' | 'espeak-ng'
  voice: string
  /** espeak-ng's own scales. */
  pitch: number
  speed: number
}

const variants = 'm1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Alex Andrea Annie Denis Diogo'

export const finnishVoices: readonly FinnishVoice[] = [
  { id: 'finnish-lj', language: 'fi', program: 'festival', voice: 'voice_suo_fi_lj_diphone', pitch: 0, speed: 0 },
  { id: 'finnish-mv', language: 'fi', program: 'festival', voice: 'voice_hy_fi_mv_diphone', pitch: 0, speed: 0 },
  ...variants.split(' ').map((voice): FinnishVoice => {
    const chance = seeded(`Finnish ${voice}`)
    const [pitch, speed] = [35 + Math.round(30 * chance.uniform()), 140 + Math.round(40 * chance.uniform())]
    return { id: `finnish-${voice}`, language: 'fi', program: 'espeak-ng', voice: `fi+${voice}`, pitch, speed }
  }),
]

const sentences = [
  'Hyvää päivää, soitan viime viikolla saamastani päätöksestä.',
  'Hakemus on meillä käsittelyssä, ja päätös tulee kotiin postissa.',
  'Voisitteko kertoa, milloin asia on tullut vireille?',
  'En ole vielä saanut vastausta, vaikka lähetin liitteet jo kuukausi sitten.',
  'Odottakaa hetki, niin katson tiedot järjestelmästä.',
  'Päätökseen voi hakea muutosta kolmenkymmenen päivän kuluessa.',
  'Kiitos paljon avusta, tämä selvensi asiaa.',
  'Meidän täytyy vielä tarkistaa yksi kohta ennen kuin maksu lähtee.',
  'Lomakkeen saa joko verkosta tai lähimmästä toimipisteestä.',
  'Minulla on kaksi kysymystä, jotka koskevat eri hakemuksia.',
  'Voin siirtää puhelun asiantuntijalle, joka vastaa näistä asioista.',
  'Olimme sopineet, että asia hoidetaan tällä viikolla kuntoon.',
  'Valitettavasti järjestelmä on juuri nyt hitaampi kuin tavallisesti.',
  'Lähetimme lisätietopyynnön, johon pitäisi vastata ennen kuun loppua.',
  'Ymmärrän hyvin, että odottaminen on ollut raskasta.',
  'Onko teillä jokin muu asia, jossa voisin olla avuksi?',
  'Sain tänään kirjeen, jota en oikein ymmärrä.',
  'Maksu näkyy tilillä viimeistään ensi keskiviikkona.',
  'Soitan äitini puolesta, hänellä on puhelinaika huomenna aamulla.',
  'Tarvitsemme vielä todistuksen opinnoista ja kopion vuokrasopimuksesta.',
  'Onko mahdollista saada lisää aikaa selvityksen tekemiseen?',
  'Käsittelijä on tänään poissa, mutta voin jättää hänelle viestin.',
  'Ilmoitin uudesta osoitteesta jo syksyllä, eikä sitä näy missään.',
  'Tähän ei tarvita uutta hakemusta, muutosilmoitus riittää.',
  'Yritin kirjautua palveluun, mutta sivu ei auennut puhelimella.',
  'Saatte kirjallisen päätöksen ja ohjeet siitä, kuinka siihen haetaan muutosta.',
  'Jos työ jatkuu keväällä, ilmoittakaa siitä heti, kun tiedätte.',
  'En muista tarkkaa päivää, mutta se oli juuri ennen joulua.',
  'Kuulinko oikein, että lapsen hoito alkaa elokuun alussa?',
  'Hyvä on, kirjaan tämän ylös ja palaamme asiaan ensi viikolla.',
  'Meidän puoleltamme kaikki on kunnossa, teidän ei tarvitse tehdä mitään.',
  'Miksi summa on pienempi kuin viime kuussa, vaikka tulot eivät muuttuneet?',
  'Puhelu saattaa katketa, olen juuri nousemassa junaan.',
  'Kuittien on oltava alkuperäisiä, ja niistä pitää näkyä ostopäivä.',
  'Toivottavasti tästä oli teille hyötyä, hyvää illanjatkoa.',
  'Ennen kuin lopetamme, kysyn vielä yhden asian eläkkeestä.',
  'Ruokakauppaan on täältä kuusi kilometriä, eikä linja-auto kulje viikonloppuisin.',
  'Löysin lomakkeen, mutta en ymmärtänyt, mihin kohtaan yrityksen tulot merkitään.',
  'Perintä keskeytetään siksi aikaa, kun asia on käsittelyssä.',
  'Tulkki on varattu kello yhdeksäksi, olettehan paikalla ajoissa.',
]

/** Returns the voice's sentences, one array each, from the cache if present; empty if the program or voice is not installed. */
export async function finnishSpeechOf(voice: FinnishVoice): Promise<readonly Int16Array[]> {
  const cached = join(cacheFolder, 'people', `${voice.id}-${sentences.length}.s16`)
  if (!existsSync(cached)) {
    const scratch = mkdtempSync(join(tmpdir(), 'finnish-'))
    try {
      const pieces: Int16Array[] = []
      for (const sentence of seeded(voice.id).shuffled(sentences)) {
        const wav = join(scratch, 'sentence.wav')
        await speak(voice, sentence, wav, scratch)
        pieces.push(await asTelephone(wav))
      }
      keepPieces(cached, pieces)
    } catch {
      return []
    } finally {
      rmSync(scratch, { recursive: true })
    }
  }
  return readPieces(cached)
}

async function speak({ program, voice, pitch, speed }: FinnishVoice, text: string, wav: string, scratch: string) {
  if (program === 'espeak-ng')
    return run('espeak-ng', ['-v', voice, '-p', String(pitch), '-s', String(speed), '-w', wav, text])
  const file = join(scratch, 'text.txt')
  writeFileSync(file, Buffer.from(text, 'latin1'))
  return run('text2wave', ['-eval', `(${voice})`, file, '-o', wav])
}
