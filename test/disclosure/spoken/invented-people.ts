// Invents codes, names and places of people from a random source. None of them exists.
import { type Chance, type SpokenLanguage } from './speak-numbers.ts'

export function oneOf<T>(list: readonly T[], chance: Chance): T {
  return list[Math.floor(chance() * list.length)]!
}

export function someDigits(count: number, chance: Chance): string {
  return Array.from({ length: count }, () => Math.floor(chance() * 10)).join('')
}

const two = (value: number) => String(value).padStart(2, '0')

/** Individual numbers 900 to 999 are assigned to nobody. */
export function inventedIdentityCode(chance: Chance): string {
  const born = two(1 + Math.floor(chance() * 28)) + two(1 + Math.floor(chance() * 12)) + two(Math.floor(chance() * 100))
  const number = `9${someDigits(2, chance)}`
  const check = '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(born + number) % 31]!
  return `${born}${oneOf(['-', '-', 'A', 'A', 'Y', 'B'], chance)}${number}${check}`
}

export function inventedPersonnummer(chance: Chance): string {
  const digits = `${two(40 + Math.floor(chance() * 60))}${two(1 + Math.floor(chance() * 12))}${two(1 + Math.floor(chance() * 28))}${someDigits(3, chance)}`
  const sum = [...digits].reduce((total, digit, index) => {
    const weighted = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + Math.floor(weighted / 10) + (weighted % 10)
  }, 0)
  return `${digits.slice(0, 6)}-${digits.slice(6)}${(10 - (sum % 10)) % 10}`
}

export function inventedBusinessId(chance: Chance): string {
  for (;;) {
    const digits = someDigits(7, chance)
    const sum = [7, 9, 10, 5, 8, 4, 2].reduce((total, weight, index) => total + weight * Number(digits[index]), 0) % 11
    if (sum !== 1) return `${digits}-${sum === 0 ? 0 : 11 - sum}`
  }
}

export function inventedIban(chance: Chance): string {
  const account = someDigits(14, chance)
  const check = 98n - (BigInt(`${account}151800`) % 97n)
  return `FI${String(check).padStart(2, '0')}${account}`
}

export function inventedPhone(chance: Chance): string {
  return oneOf(['040', '050', '0400', '045', '044', '09'], chance) + someDigits(chance() < 0.3 ? 6 : 7, chance)
}

/** Every ninth of the frequent names, and as many rare names, which are in no list of the product. */
const finnish = {
  given:
    `johanna kristiina sofia annikki marja aino kyllikki ritva pirjo tiina elisabet hanna annika jaana irene matilda merja
    kaisa paula iida anniina hilkka raili pia noora henna irma milla mervi siiri jasmin vilma linda eliisa krista tapani kalevi
    ilmari mikko jari jaakko henrik hannu janne tuomas pentti jussi eino raimo pertti leo reijo henri tommi ilari uolevi julius
    niilo einari kaarlo aki riku aaro eelis roope osmo aimo iisakki andreas`.split(/\s+/),
  rareGiven:
    `elvira laina bea nathalie annemari esther sanja malena vilina arina jennina miona ingmar oula miki juri orvo aadolf
    leonel aleks daniil jaajo zakaria mahad salama ngoc`.split(/\s+/),
  family:
    `korhonen järvinen salonen savolainen miettinen lehto nurmi koskela ikonen peltola immonen laukkanen hartikainen
    hyvärinen makkonen tamminen tiainen rautio rinne eskelinen luoma helenius hyttinen nuutinen eronen paavola kivimäki kähkönen
    kuosmanen lindfors kanerva erkkilä oinonen pirinen haverinen ruuskanen tirkkonen karhunen konttinen aro puranen paavilainen
    sormunen ruohonen björklund siitonen lyytikäinen hakanen ekholm nummela nguyen ryhänen lintunen hellman vänskä`.split(
      /\s+/,
    ),
  rareFamily:
    `pölkki keisala harjunen klasila sieppi lehtelä lamminaho saavalainen kuismanen mertala pirttijärvi olenius kyyhkynen
    niinistö varjus rantakangas maaninka riipi halttu lipasti parpala ansamaa sunnari tella tynjälä pylväläinen hyötyläinen
    yrjänäinen huusari ailio kossila poranen suntio piepponen raaska petrelius selonen kamila porri hatunen sihto tykkä
    kollanus teronen rytilä akkila koliseva ravattinen flöjt selkee suojala`.split(/\s+/),
  streets:
    `hämeen mannerheimin aleksanterin koulu kirkko ranta koivu mänty satakunnan itälahden pajalahden tehtaan museo
    vaasan kauppa puutarha hiihtäjän lintu myllyn sepän metsä peltolan urheilu kalevan tapiolan liisan`.split(/\s+/),
  endings: ['katu', 'katu', 'tie', 'tie', 'kuja', 'polku', 'kaari', 'rinne'],
  towns:
    `helsinki espoo tampere turku oulu vantaa lahti kuopio jyväskylä pori vaasa rovaniemi porvoo kerava ähtäri karkkila`.split(
      ' ',
    ),
}
const swedish = {
  given:
    `gunilla camilla ulrika anders lars johan karin ingrid bengt stefan maria susanne christer kaj göran birgitta monica
    mikael niklas sofia frida erik henrik gun-britt linnea sebastian`.split(/\s+/),
  rareGiven: `vidar tindra alfons ottilia hedda sixten elvy gretel anita-marie birk melker tuva`.split(/\s+/),
  family:
    `andersson karlsson lindholm nyman björkqvist söderholm sundström backman forsman wikström granholm ahlskog lindroos
    eriksson holmberg blomqvist sandell nylund enlund`.split(/\s+/),
  rareFamily:
    `ekensten kullbäck rosengård brunell hästbacka smeds ingo lillrank tast dyrendahl ranckel fellman stoor krook`.split(
      /\s+/,
    ),
  streets:
    `stor skol kyrk strand björk alexanders ny trädgårds handels rådhus fabriks skogs ängs bulevard norra sjö`.split(
      ' ',
    ),
  endings: ['gatan', 'gatan', 'vägen', 'vägen', 'gränden', 'stigen', 'esplanaden'],
  towns: `helsingfors esbo vasa åbo borgå jakobstad karleby ekenäs pargas mariehamn närpes replot`.split(' '),
}
const english = {
  given:
    `john sarah michael emma james priya mohammed olga david laura peter fatima robert anna daniel helen andrew wei`.split(
      ' ',
    ),
  rareGiven: `tendai bronwyn ifeoma thaddeus kavya oleander sorcha gwendolyn`.split(' '),
  family:
    `smith johnson williams taylor anderson khan nguyen patel murphy wilson robinson clark hughes ivanov singh kowalski`.split(
      ' ',
    ),
  rareFamily:
    `okonkwo featherstone abernethy wolowitz chukwu trelawney bhattacharya oyelaran szymborska ainsworth`.split(' '),
  streets: 'baker church victoria mill station park green high queen chapel oak albert'.split(' '),
  endings: ['street', 'street', 'road', 'avenue', 'lane', 'drive', 'close'],
  towns: finnish.towns,
}
export const people = { fi: finnish, sv: swedish, en: english }

/** Returns a given and a family name in small letters; one given name in four and two family names in five are rare. */
export function inventedName(language: SpokenLanguage, chance: Chance): { given: string; family: string } {
  const { given, rareGiven, family, rareFamily } = people[language]
  return {
    given: oneOf(chance() < 0.75 ? given : rareGiven, chance),
    family: oneOf(chance() < 0.6 ? family : rareFamily, chance),
  }
}
