import type { Language } from './word.ts'

/** The most frequent words of speech, which are never misheard digits or unknown names. */
const smallWordsOf: Record<Language, string> = {
  fi: `on ei ja se hän en mitä että ole olen oli niin mutta sen vain minä jos tämä nyt voi olet kun kuin he olla et kaikki minun
    ovat hyvä sitten onko miksi miten siitä hänet mitään kyllä kiitos kiitti hei mikä olisi ne kanssa pitää joka ollut tai tässä
    minulle minulla jotain ehkä missä tuo vielä tämän jo koska haluan olemme meidän saa tule paljon siellä pois ennen täytyy
    aina tulee siinä enää eikö takaisin mistä selvä te juuri näin vai koko me mä sä mun sun mulla mulle sulla ootte oon oot
    teidän teillä teille teidät meillä meille noin ihan no siis joo juu aha okei kuten vähän niitä näitä asia asiaa asian asiassa
    sama sitä tota niinku tuota ööö öö eli vaan kai kanssa tästä siihen tänne täällä täältä olette voitte voitteko saisinko
    saanko haluaisin soitan soittaa sanoa kertoa katson katsotaan hetki hetkinen uusi uuden kerran kuussa kuun kuuta vuonna
    vuosi vuoden vuotta päivä päivää päivänä euroa euro verotus verotuksen verokortti verokortin päätös päätöksen veroa vero
    laittaa laitan tulla puhelin puhelimessa numero numeroa numeron nimi nimeni nimen osoite osoitteeni oikein hyvin hyvää
    huomenta iltaa päivää kuulemiin näkemiin olkaa anteeksi mukaan mukana alkaa loppuu piti pitäisi tehdä tein nyt juuri
    verohallinto verohallinnosta verohallinnon moi moikka jäännösvero ennakkovero vähennys vähennyksen kesken selvitys tilanne eilen tänään huomenna aamulla illalla kuinka kuka ketä sanotte sanoitte tulot tulon palkka palkan maksu maksun minuutti
    lapsi äiti isä vaimo mies tytär poika myös sekä eikä ettei olin olivat olisiko muuten vaikka heti sitä kotona töissä`,
  sv: `och att det i en jag hon som han på den med var sig för så till är men ett om hade de av icke mig du henne då sin nu har
    inte hans honom skulle hennes där min man ej vid kunde något från ut när efter upp vi dem vara vad över än dig kan sina här
    ha mot alla under någon eller allt mycket sedan ju denna själv detta åt utan varit hur ingen mitt ni bli blev oss din dessa
    några deras blir mina samma vilken er sådan vår blivit dess inom mellan sådant varför varje vilka ditt vem vilket sitt
    sådana vart dina vars vårt våra ert era ja nej jo jaha okej tack hej goddag hejdå då alltså liksom också bara lite kanske
    gärna kunna måste ska vill får fick gör göra skatt skatten skattekort beslut beslutet kronor euro år dag dagar månad tid
    skatteförvaltningen skattekortet förskottsskatt kvarskatt avdrag avdraget gäller talar ringer ringa ärende ärendet heter namn namnet adress adressen nummer numret bor född telefon vänta stund ögonblick precis
    rätt bra tyvärr ursäkta förlåt idag igår imorgon kväll morgon barn mor far fru make son dotter jobb arbete lön`,
  en: `the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she or an will my
    one all would there their what so up out if about who get which go me when make can like time no just him know take people
    into year your good some could them see other than then now look only come its over think also back after use how our work
    first well way even new want because any these give day most us is are was were been has had did does am yes yeah okay ok
    oh please thanks thank hello hi bye sorry right sure really much very more here where why too tax taxes card decision euros
    euro pounds administration deduction calling call speaking name address number phone email born live moment hold letter check again last month week
    today tomorrow yesterday morning afternoon wife husband mother father son daughter office line help got let still before
    should may might must correct exactly perfect spell spelled street income payment refund i'm i've it's that's don't`,
}

const smallWords: Record<Language, ReadonlySet<string>> = {
  fi: new Set(smallWordsOf.fi.split(/\s+/)),
  sv: new Set(smallWordsOf.sv.split(/\s+/)),
  en: new Set(smallWordsOf.en.split(/\s+/)),
}

export function isSmallWord(text: string, language: Language): boolean {
  return smallWords[language].has(text)
}

/** Words between digits that do not end the number: dashes, pluses, hesitation, "and then". */
const fillers: Record<Language, ReadonlySet<string>> = {
  fi: new Set(
    `ja viiva väliviiva miinus plus piste pilkku kautta öö ööö ööm mm ä eli sitten sit siis niin niinku niinkuin vielä tota joo
    iso pieni kirjain loppuun välissä kenoviiva vinoviiva`.split(/\s+/),
  ),
  sv: new Set(
    `och streck bindestreck minus plus punkt komma snedstreck eh öh öö sen sedan så alltså ja jo stort stor litet som`.split(
      /\s+/,
    ),
  ),
  en: new Set(
    `and dash hyphen minus plus dot point comma slash uh um er erm then so yes yeah capital letter as in`.split(/\s+/),
  ),
}

export function isFiller(text: string, language: Language): boolean {
  return fillers[language].has(text)
}

/** Words after a number that make it an amount or a duration. */
const units: Record<Language, RegExp> = {
  fi: /^(euro|eur|sent|prosent|pros|vuot|vuod|vuos|päiv|viikko|viikon|kuukau|tunti|tuntia|minuut|kilometr|kilo|neliö|kappal|kertaa|€|%)/,
  sv: /^(euro|cent|kron|procent|år|dag|veck|månad|timm|minut|kilomet|kilo|kvadrat|stycken|gånger|€|%)/,
  en: /^(euro|cent|pound|dollar|percent|year|day|week|month|hour|minute|kilomet|mile|kilo|square|times|€|%)/,
}

export function isUnit(text: string, language: Language): boolean {
  return units[language].test(text)
}

const months: Record<Language, RegExp> = {
  fi: /^(tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)kuu/,
  sv: /^(januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december)$/,
  en: /^(january|february|march|april|may|june|july|august|september|october|november|december)$/,
}

export function isMonth(text: string, language: Language): boolean {
  return months[language].test(text)
}
