import { type ProblemText } from './problem-text.ts'

/** Texts that cannot be read as a description at all. */
export const shapeTexts = {
  'yaml.syntax': {
    message: {
      fi: 'Tekstiä ei voi lukea tästä kohdasta.',
      sv: 'Texten kan inte läsas på det här stället.',
      en: 'The text cannot be read here.',
    },
    remedy: {
      fi: 'Tarkista riviltä kaksoispiste, sulkeet, lainausmerkit ja sisennys.',
      sv: 'Kontrollera radens kolon, parenteser, citattecken och indrag.',
      en: 'Check the line’s colon, brackets, quotation marks and indentation.',
    },
  },
  'yaml.indentation': {
    message: {
      fi: 'Rivin sisennys ei sovi sitä ympäröiviin riveihin, tai sulku on jäänyt auki.',
      sv: 'Radens indrag stämmer inte med raderna omkring, eller en parentes har lämnats öppen.',
      en: 'The line’s indentation does not fit the lines around it, or a bracket is left open.',
    },
    remedy: {
      fi: 'Sisennä rivi välilyönneillä samalle tasolle kuin sen rinnakkaiset rivit ja sulje sulkeet.',
      sv: 'Dra in raden med mellanslag till samma nivå som dess parallella rader och stäng parenteserna.',
      en: 'Indent the line with spaces to the level of its neighbours and close the brackets.',
    },
  },
  'yaml.duplicate-key': {
    message: {
      fi: 'Sama kenttä on kirjoitettu kahteen kertaan.',
      sv: 'Samma fält har skrivits två gånger.',
      en: 'The same field is written twice.',
    },
    remedy: { fi: 'Poista toinen niistä.', sv: 'Ta bort det ena.', en: 'Remove one of them.' },
  },
  'yaml.alias': {
    message: {
      fi: 'Viittauksia toiseen kohtaan (*nimi) ei lueta.',
      sv: 'Hänvisningar till ett annat ställe (*namn) läses inte.',
      en: 'References to another place (*name) are not read.',
    },
    remedy: {
      fi: 'Kirjoita arvo siihen, missä sitä tarvitaan.',
      sv: 'Skriv värdet där det behövs.',
      en: 'Write the value where it is needed.',
    },
  },
  'yaml.tag': {
    message: {
      fi: 'Arvon edessä on tyyppimerkintä (!nimi), jota ei lueta.',
      sv: 'Framför värdet finns en typmarkering (!namn) som inte läses.',
      en: 'A type mark (!name) stands before the value; it is not read.',
    },
    remedy: {
      fi: 'Poista merkintä, tai kirjoita arvo lainausmerkkeihin.',
      sv: 'Ta bort markeringen eller skriv värdet inom citattecken.',
      en: 'Remove the mark, or put the value in quotation marks.',
    },
  },
  'yaml.too-large': {
    message: {
      fi: 'Teksti on yli miljoona merkkiä pitkä.',
      sv: 'Texten är över en miljon tecken lång.',
      en: 'The text is more than a million characters long.',
    },
    remedy: {
      fi: 'Lyhennä rekisteriselostetta.',
      sv: 'Förkorta registerbeskrivningen.',
      en: 'Make the register description shorter.',
    },
  },
  'yaml.empty': {
    message: { fi: 'Seloste on tyhjä.', sv: 'Beskrivningen är tom.', en: 'The description is empty.' },
    remedy: {
      fi: 'Aloita ohjelman mukana tulevasta selosteesta.',
      sv: 'Börja med den beskrivning som följer med programmet.',
      en: 'Begin with the description that comes with the program.',
    },
  },
  'text.encoding': {
    message: {
      fi: 'Rivillä on kirjaimia, joita ei ole tallennettu UTF-8-muodossa: ”{read}”.',
      sv: 'Raden har bokstäver som inte har sparats i UTF-8: ”{read}”.',
      en: 'The line has letters that were not saved as UTF-8: “{read}”.',
    },
    remedy: {
      fi: 'Avaa alkuperäinen tiedosto, tallenna se UTF-8-muodossa ja lue se uudelleen.',
      sv: 'Öppna originalfilen, spara den i UTF-8 och läs in den på nytt.',
      en: 'Open the original file, save it as UTF-8 and read it in again.',
    },
  },
  'text.character': {
    message: {
      fi: 'Tekstissä on merkki, jota ei näe: {letter}.',
      sv: 'Texten har ett tecken som inte syns: {letter}.',
      en: 'The text has a character that cannot be seen: {letter}.',
    },
    remedy: {
      fi: 'Poista merkki: kirjoita teksti tästä kohdasta uudelleen.',
      sv: 'Ta bort tecknet: skriv texten på nytt på det här stället.',
      en: 'Remove the character: write the text anew here.',
    },
  },
  'shape.missing': {
    message: { fi: 'Kenttä {name} puuttuu.', sv: 'Fältet {name} saknas.', en: 'The field {name} is missing.' },
    remedy: {
      fi: 'Lisää {name} ja sen arvo.',
      sv: 'Lägg till {name} och dess värde.',
      en: 'Add {name} and its value.',
    },
  },
  'shape.unknown': {
    message: {
      fi: 'Kenttää {name} ei tunneta tässä kohdassa.',
      sv: 'Fältet {name} är inte känt på det här stället.',
      en: 'The field {name} is not known here.',
    },
    remedy: {
      fi: 'Tarkista kirjoitusasu ja paikka, tai poista kenttä.',
      sv: 'Kontrollera stavningen och platsen, eller ta bort fältet.',
      en: 'Check its spelling and place, or remove it.',
    },
  },
  'shape.misspelt': {
    message: {
      fi: 'Kenttää {name} ei tunneta tässä kohdassa.',
      sv: 'Fältet {name} är inte känt på det här stället.',
      en: 'The field {name} is not known here.',
    },
    remedy: {
      fi: 'Tarkoititko kenttää {suggestion}? Korjaa nimi, tai poista kenttä.',
      sv: 'Menade du fältet {suggestion}? Rätta namnet, eller ta bort fältet.',
      en: 'Did you mean {suggestion}? Correct its name, or remove it.',
    },
  },
  'shape.choice': {
    message: {
      fi: 'Arvo ei ole mikään sallituista.',
      sv: 'Värdet är inget av de tillåtna.',
      en: 'The value is none of those allowed.',
    },
    remedy: {
      fi: 'Valitse jokin näistä: {allowed}.',
      sv: 'Välj ett av följande: {allowed}.',
      en: 'Choose one of these: {allowed}.',
    },
  },
  'shape.type': {
    message: { fi: 'Arvo on väärää lajia.', sv: 'Värdet är av fel slag.', en: 'The value is of the wrong kind.' },
    remedy: { fi: 'Tähän kuuluu {expected}.', sv: 'Här ska stå {expected}.', en: 'What belongs here is {expected}.' },
  },
  'shape.empty': {
    message: { fi: 'Kenttä on tyhjä.', sv: 'Fältet är tomt.', en: 'The field is empty.' },
    remedy: {
      fi: 'Kirjoita arvo, tai poista kenttä, jos se ei ole pakollinen.',
      sv: 'Skriv ett värde, eller ta bort fältet om det inte är obligatoriskt.',
      en: 'Write a value, or remove the field where it is not compulsory.',
    },
  },
  'shape.too-long': {
    message: { fi: 'Teksti on liian pitkä.', sv: 'Texten är för lång.', en: 'The text is too long.' },
    remedy: {
      fi: 'Lyhennä se enintään {limit} merkkiin.',
      sv: 'Förkorta den till högst {limit} tecken.',
      en: 'Shorten it to at most {limit} characters.',
    },
  },
  'shape.too-many': {
    message: { fi: 'Luettelo on liian pitkä.', sv: 'Förteckningen är för lång.', en: 'The list is too long.' },
    remedy: {
      fi: 'Jätä siihen enintään {limit} kohtaa.',
      sv: 'Lämna kvar högst {limit} punkter.',
      en: 'Leave at most {limit} items in it.',
    },
  },
  'shape.too-small': {
    message: { fi: 'Luku on liian pieni.', sv: 'Talet är för litet.', en: 'The number is too small.' },
    remedy: {
      fi: 'Pienin sallittu luku on {limit}.',
      sv: 'Det minsta tillåtna talet är {limit}.',
      en: 'The smallest number allowed is {limit}.',
    },
  },
  'shape.too-large': {
    message: { fi: 'Luku on liian suuri.', sv: 'Talet är för stort.', en: 'The number is too large.' },
    remedy: {
      fi: 'Suurin sallittu luku on {limit}.',
      sv: 'Det största tillåtna talet är {limit}.',
      en: 'The largest number allowed is {limit}.',
    },
  },
  'shape.date': {
    message: { fi: 'Arvo ei ole päivämäärä.', sv: 'Värdet är inget datum.', en: 'The value is not a date.' },
    remedy: {
      fi: 'Valitse päivä; tekstissä se on muodossa vuosi-kuukausi-päivä: 2027-01-31.',
      sv: 'Välj en dag; i texten skrivs den i formen år-månad-dag: 2027-01-31.',
      en: 'Choose a day; in the text it is year-month-day: 2027-01-31.',
    },
  },
  'shape.country': {
    message: { fi: 'Arvo ei ole maatunnus.', sv: 'Värdet är ingen landskod.', en: 'The value is not a country code.' },
    remedy: {
      fi: 'Kirjoita kaksikirjaiminen tunnus isoin kirjaimin, esimerkiksi FI.',
      sv: 'Skriv koden med två versaler, till exempel FI.',
      en: 'Write the two-letter code in capitals, for example FI.',
    },
  },
  'shape.instant': {
    message: { fi: 'Arvo ei ole ajankohta.', sv: 'Värdet är ingen tidpunkt.', en: 'The value is not a point in time.' },
    remedy: {
      fi: 'Kirjoita päivä (2027-01-31) tai päivä, kellonaika ja aikaero (2027-01-31T12:00:00+02:00).',
      sv: 'Skriv en dag (2027-01-31) eller en dag, ett klockslag och en tidsförskjutning (2027-01-31T12:00:00+02:00).',
      en: 'Write a day (2027-01-31), or a day, a time of day and an offset (2027-01-31T12:00:00+02:00).',
    },
  },
  'shape.time-of-day': {
    message: { fi: 'Arvo ei ole kellonaika.', sv: 'Värdet är inget klockslag.', en: 'The value is not a time of day.' },
    remedy: {
      fi: 'Kirjoita kellonaika, esimerkiksi 8.00; tekstissä se on muodossa 08:00 ja vuorokauden loppu 24:00.',
      sv: 'Skriv klockslaget, till exempel 8.00; i texten är formen 08:00 och dygnets slut 24:00.',
      en: 'Write the time of day, for example 8.00; in the text it is 08:00 and the end of the day 24:00.',
    },
  },
  'shape.id': {
    message: { fi: 'Tunnus ei kelpaa.', sv: 'Beteckningen duger inte.', en: 'The id cannot be used.' },
    remedy: {
      fi: 'Käytä pieniä kirjaimia a–z, numeroita ja väliviivoja; ensimmäinen merkki on kirjain tai numero.',
      sv: 'Använd små bokstäver a–z, siffror och bindestreck; det första tecknet är en bokstav eller siffra.',
      en: 'Use small letters a–z, digits and hyphens; the first character is a letter or a digit.',
    },
  },
  'day.none': {
    message: {
      fi: 'Kalenterissa ja kellossa ei ole aikaa {day}.',
      sv: 'Tiden {day} finns inte i kalendern och på klockan.',
      en: 'There is no {day} in the calendar and on the clock.',
    },
    remedy: {
      fi: 'Tarkista kuukauden viimeinen päivä, kellonaika ja aikaero.',
      sv: 'Kontrollera månadens sista dag, klockslaget och tidsförskjutningen.',
      en: 'Check the last day of the month, the time of day and the offset.',
    },
  },
} as const satisfies Record<string, ProblemText>
