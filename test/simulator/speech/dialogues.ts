/**
 * Scripts of the simulated calls: what a citizen and a tax official say to each other. make-speech.ts reads the texts
 * aloud; the audio is in `spoken/`.
 * No real person occurs in them: nobody says a name, and the only personal identity code is a test code (individual
 * number 900-999, which is never issued). The official's and the citizen's voices differ, and numbers are written as
 * words because the synthesiser reads them so.
 */
export type Speaker = 'caller' | 'official'
export type Language = 'fi' | 'sv' | 'en'

/** How a person's voice sounds. `pitchCents` shifts the voice (100 = a semitone); `pace` 1.1 is ten per cent faster. */
export type Voice = { readonly gender: 'female' | 'male'; readonly pitchCents: number; readonly pace: number }

export type Script = {
  readonly key: string
  readonly title: string
  readonly language: Language
  /** `switchboard`: the operator who connects calls; `service`: a tax official on a service number. */
  readonly line: 'service' | 'switchboard'
  readonly voices: { readonly caller: Voice; readonly official: Voice }
  readonly lines: readonly (readonly [who: Speaker, text: string, pauseMs?: number])[]
}

const female = (pitchCents: number, pace: number): Voice => ({ gender: 'female', pitchCents, pace })
const male = (pitchCents: number, pace: number): Voice => ({ gender: 'male', pitchCents, pace })

export const scripts: readonly Script[] = [
  {
    key: 'verokortti-muutos',
    title: 'Verokortin muutos: uusi sivutyö',
    language: 'fi',
    line: 'service',
    voices: { caller: male(0, 1.0), official: female(0, 1.02) },
    lines: [
      ['official', 'Verohallinnon puhelinpalvelu, hyvää päivää. Kuinka voin auttaa?'],
      ['caller', 'No päivää. Aloitin viikonloppuisin toisen työn, ja pitäisi varmaan muuttaa verokorttia.'],
      ['official', 'Kyllä. Osaatteko arvioida, paljonko sivutyöstä tulee tänä vuonna palkkaa?'],
      ['caller', 'Ehkä kolmetuhatta euroa, siinä se suunnilleen on.', 700],
      ['official', 'Lasken uuden prosentin. Hetki vain.'],
      [
        'official',
        'Veroprosentti nousee kahdella yksiköllä. Uusi kortti näkyy heti OmaVerossa, ja työnantaja saa sen suoraan.',
        2600,
      ],
      ['caller', 'Ei siis tarvitse toimittaa paperia kenellekään?'],
      ['official', 'Ei tarvitse, kumpikin työnantaja hakee sen itse.'],
      ['caller', 'Hyvä. Kiitos paljon.'],
      ['official', 'Kiitos soitosta, kuulemiin.', 300],
    ],
  },
  {
    key: 'esitaytetty-ilmoitus',
    title: 'Esitäytetty veroilmoitus: matkakulut puuttuvat',
    language: 'fi',
    line: 'service',
    voices: { caller: female(80, 0.98), official: male(0, 1.05) },
    lines: [
      ['official', 'Verohallinnosta päivää. Mitä asianne koskee?'],
      ['caller', 'Sain esitäytetyn veroilmoituksen, mutta siinä ei ole työmatkojani ollenkaan.'],
      ['official', 'Matkakulut pitää ilmoittaa itse. Ne eivät tule meille valmiina mistään.'],
      ['caller', 'Ajan omalla autolla, koska junaa ei ole siihen aikaan aamusta. Kelpaako se?'],
      [
        'official',
        'Vähennys lasketaan halvimman kulkuneuvon mukaan. Jos joukkoliikennettä ei ole, oman auton voi hyväksyä.',
      ],
      ['caller', 'Entä mistä kohdasta sen löydän?', 700],
      [
        'official',
        'OmaVerossa kohdasta vähennykset, sitten kodin ja työpaikan väliset matkat. Kilometrit ja päivät riittävät.',
      ],
      ['caller', 'Kuitteja en lähetä?'],
      ['official', 'Ette. Säilyttäkää laskelma kuusi vuotta.'],
      ['caller', 'Selvä, kiitoksia avusta.'],
      ['official', 'Olkaa hyvä. Hyvää päivänjatkoa.', 300],
    ],
  },
  {
    key: 'maarapaiva',
    title: 'Jäännösveron eräpäivä ja maksujärjestely',
    language: 'fi',
    line: 'service',
    voices: { caller: male(-80, 0.95), official: female(-60, 1.0) },
    lines: [
      ['official', 'Verohallinto, puhelinpalvelu. Päivää.'],
      [
        'caller',
        'Päivää. Minulla on jäännösveroa, ja eräpäivä on ensi viikolla. En millään pysty maksamaan kaikkea kerralla.',
      ],
      ['official', 'Voitte pyytää maksujärjestelyä. Sitä kannattaa hakea ennen eräpäivää.'],
      ['caller', 'Kuinka moneen erään sen voi jakaa?'],
      ['official', 'Tavallisesti enintään kahteentoista kuukausierään. Viivästyskorkoa kertyy sen ajan.', 600],
      ['caller', 'Jos otan kuusi kuukautta, niin se onnistuu.'],
      ['official', 'Hyvä. Pyyntö tehdään OmaVerossa, tai voin ottaa sen vastaan nyt puhelimessa.'],
      ['caller', 'Otetaan se nyt, jos sopii.'],
      ['official', 'Merkitsen kuusi erää. Saatte kirjallisen ehdotuksen noin viikossa.', 2200],
      ['caller', 'Kiitos, tämä helpotti.'],
    ],
  },
  {
    key: 'osoitteenmuutos',
    title: 'Osoitteenmuutos ja verotuskunta',
    language: 'fi',
    line: 'service',
    voices: { caller: female(0, 1.06), official: male(-60, 1.0) },
    lines: [
      ['official', 'Verohallinto, hyvää päivää.'],
      ['caller', 'Hei. Muutan ensi kuussa Oulusta Rovaniemelle. Pitääkö siitä ilmoittaa teille erikseen?'],
      ['official', 'Ei pidä. Kun teette muuttoilmoituksen, osoite tulee meille väestötietojärjestelmästä.'],
      ['caller', 'Muuttuuko veroprosentti, kun kunta vaihtuu?', 600],
      ['official', 'Ei kesken vuoden. Kotikunta määräytyy vuoden viimeisen päivän mukaan.'],
      ['caller', 'Ahaa. Eli ensi vuonna vasta näkyy.'],
      ['official', 'Juuri niin. Ja muistakaa muuttaa työmatkat, jos matka lyhenee.'],
      ['caller', 'Totta, se kyllä lyhenee. Kiitos neuvosta.'],
      ['official', 'Kiitos teille, hyvää muuttoa.'],
    ],
  },
  {
    key: 'perintovero',
    title: 'Perintövero: perukirjan toimittaminen',
    language: 'fi',
    line: 'service',
    voices: { caller: male(-120, 0.93), official: female(60, 0.96) },
    lines: [
      ['official', 'Verohallinnon perintöverotus, hyvää päivää.'],
      ['caller', 'Päivää. Isäni kuoli keväällä, ja meillä pidettiin perunkirjoitus viime viikolla.'],
      ['official', 'Otan osaa. Onko perukirja jo lähetetty meille?', 700],
      ['caller', 'Ei vielä. Paljonko siihen on aikaa?'],
      [
        'official',
        'Kuukausi perunkirjoituksesta. Sen voi jättää OmaVerossa tai lähettää postissa, ja liitteistä riittävät kopiot.',
      ],
      ['caller', 'Entä milloin vero pitää maksaa?'],
      [
        'official',
        'Päätös tulee tavallisesti noin vuoden kuluessa. Ensimmäinen erä on maksettava aikaisintaan kolmen kuukauden päästä siitä.',
      ],
      ['caller', 'No sitten ei ole kiire. Kiitos paljon.', 800],
      ['official', 'Kiitos soitosta, ja voimia teille.'],
    ],
  },
  {
    key: 'alv-rekisterointi',
    title: 'Arvonlisäverovelvolliseksi rekisteröityminen',
    language: 'fi',
    line: 'service',
    voices: { caller: female(-80, 1.08), official: male(60, 1.06) },
    lines: [
      ['official', 'Verohallinnon yritysneuvonta, hyvää päivää.'],
      ['caller', 'Hei, perustin toiminimen ja ompelen verhoja. Pitääkö minun ilmoittautua arvonlisäverorekisteriin?'],
      [
        'official',
        'Jos liikevaihto jää alle kahdenkymmenentuhannen euron kalenterivuodessa, ei tarvitse. Halutessaan voi.',
      ],
      ['caller', 'Arvioin, että tänä vuonna tulee ehkä viisitoistatuhatta.'],
      ['official', 'Silloin rekisteröityminen on vapaaehtoista. Ostatteko paljon kankaita ja koneita?', 500],
      ['caller', 'Alussa kyllä, uusi ompelukone ainakin.'],
      ['official', 'Rekisteröitynyt saa vähentää ostojen veron. Kannattaa laskea kummin päin on edullisempaa.'],
      ['caller', 'Teen laskelman ensin. Voiko sen muuttaa myöhemmin?'],
      ['official', 'Voi, perustietojen muutosilmoituksella milloin vain.'],
      ['caller', 'Loistavaa, kiitos.'],
    ],
  },
  {
    key: 'vaihde',
    title: 'Vaihde yhdistää palvelunumeroon',
    language: 'fi',
    line: 'switchboard',
    voices: { caller: male(60, 1.03), official: female(-100, 1.06) },
    lines: [
      ['official', 'Verohallinnon vaihde, päivää.'],
      ['caller', 'Päivää. Sain kirjeen kiinteistöverosta, enkä tiedä kenelle se kuuluu.'],
      ['official', 'Yhdistän teidät Pohjois-Suomen palvelunumeroon. Onko kirjeessä diaarinumero?'],
      ['caller', 'On, se on tässä yläreunassa.', 700],
      ['official', 'Pitäkää se esillä, virkailija kysyy sitä. Jonossa on nyt noin kolme minuuttia.'],
      ['caller', 'Sopii hyvin, minä odotan.'],
      ['official', 'Hyvä, yhdistän. Kuulemiin.'],
    ],
  },
  {
    key: 'kiinteistovero',
    title: 'Kiinteistövero: väärä rakennuksen pinta-ala',
    language: 'fi',
    line: 'service',
    voices: { caller: male(40, 1.0), official: female(0, 1.08) },
    lines: [
      ['official', 'Verohallinto, Pohjois-Suomen palvelunumero, hyvää päivää.'],
      [
        'caller',
        'Päivää. Kiinteistöveropäätöksessä on mökin pinta-alana kahdeksankymmentä neliötä, vaikka se on viisikymmentä.',
      ],
      ['official', 'Onko rakennusta purettu vai onko tieto ollut aina väärin?'],
      ['caller', 'Luulen, että siinä on laskettu terassi mukaan.', 600],
      ['official', 'Sen voi korjata itse OmaVerossa kohdassa kiinteistötiedot. Mitat otetaan ulkoseinistä.'],
      ['caller', 'Hyvitetäänkö myös aiemmilta vuosilta?'],
      ['official', 'Oikaisua voi vaatia kolmen vuoden ajan. Kirjoittakaa perustelu ja liittäkää piirustus.'],
      ['caller', 'Piirustus löytyy. Kiitos paljon.'],
      ['official', 'Kiitos, kuulemiin.', 300],
    ],
  },
  {
    key: 'kotitalousvahennys',
    title: 'Kotitalousvähennys: puolisot ja remontti',
    language: 'fi',
    line: 'service',
    voices: { caller: female(40, 1.0), official: male(0, 0.98) },
    lines: [
      ['official', 'Verohallinnosta hyvää päivää, kuinka voin auttaa?'],
      ['caller', 'Meillä tehtiin kylpyhuoneremontti. Kumpi puolisoista hakee kotitalousvähennyksen?'],
      ['official', 'Voitte hakea molemmat, tai sitten se, jonka nimellä lasku on. Omavastuu on silloin vain kerran.'],
      ['caller', 'Lasku on minun nimelläni. Kuuluvatko laatat mukaan?', 600],
      ['official', 'Eivät kuulu. Vain työn osuus, ja sen pitää näkyä laskussa erikseen.'],
      ['caller', 'Joo, täällä lukee työ kaksituhatta kaksisataa euroa.'],
      ['official', 'Siitä lasketaan prosenttiosuus, ja omavastuu vähennetään. Ilmoittakaa myös yrityksen tunnus.'],
      ['caller', 'Y-tunnus on laskussa. Kiitos, tämä selvisi.'],
      ['official', 'Hyvä. Kuulemiin.'],
    ],
  },
  {
    key: 'palautus-viipyy',
    title: 'Veronpalautus: tilinumero muuttunut',
    language: 'fi',
    line: 'service',
    voices: { caller: male(-40, 1.05), official: female(40, 1.0) },
    lines: [
      ['official', 'Verohallinnon puhelinpalvelu, päivää.'],
      ['caller', 'Päivää. Veronpalautuksen piti tulla viime tiistaina, eikä tilillä näy mitään.'],
      ['official', 'Onko tilinumeronne muuttunut tänä vuonna?'],
      ['caller', 'On, vaihdoin pankkia keväällä. Voi ei, sitähän minä en ilmoittanut.', 900],
      [
        'official',
        'Ei hätää. Palautus on tullut takaisin meille. Ilmoittakaa uusi tili OmaVerossa, niin maksu lähtee noin viikossa.',
      ],
      ['caller', 'Voinko kertoa tilinumeron nyt?'],
      ['official', 'Turvallisuussyistä emme ota sitä puhelimessa vastaan.'],
      ['caller', 'Ymmärrän. Teen sen illalla. Kiitos.'],
      ['official', 'Kiitos soitosta.'],
    ],
  },
  {
    key: 'sahkoinen-asiointi',
    title: 'OmaVero: valtuutus vanhemman puolesta',
    language: 'fi',
    line: 'service',
    voices: { caller: female(-40, 1.02), official: male(-100, 1.02) },
    lines: [
      ['official', 'Verohallinto, hyvää päivää.'],
      [
        'caller',
        'Hei. Äitini on yhdeksänkymmentävuotias, eikä käytä tietokonetta. Miten voisin hoitaa hänen veroasiansa?',
      ],
      [
        'official',
        'Hän voi valtuuttaa teidät suomi.fi-palvelussa. Ilman pankkitunnuksia valtuutuksen voi tehdä paperilla.',
      ],
      ['caller', 'Mistä sen lomakkeen saa?', 600],
      ['official', 'Digi- ja väestötietovirastolta. Käsittely kestää muutaman viikon.'],
      ['caller', 'Entä jos asia on kiireinen?'],
      [
        'official',
        'Hän voi soittaa meille itse, ja te voitte olla vieressä auttamassa. Tunnistamme hänet kysymyksillä.',
      ],
      ['caller', 'Hyvä tietää. Kiitos neuvosta.'],
      ['official', 'Olkaa hyvä, hyvää päivänjatkoa teille molemmille.'],
    ],
  },
  {
    key: 'testilinja',
    title: 'Testilinja: harjoituspuhelu tunnuksen kirjaamisesta',
    language: 'fi',
    line: 'service',
    voices: { caller: male(0, 1.04), official: female(80, 1.0) },
    lines: [
      ['official', 'Testilinja, hyvää päivää. Tämä puhelu tallennetaan.'],
      ['caller', 'Päivää. Teen harjoituspuhelun. Asia on ennakkovero.'],
      ['official', 'Kiitos. Sanotteko harjoitustunnuksen?'],
      // A test code: individual number 900-999 is never issued to anyone.
      ['caller', 'Nolla yksi nolla yksi kahdeksan nolla, viiva, yhdeksän nolla nolla, neljä.', 600],
      ['official', 'Tunnus on testitunnus, hyvä. Ennakkoveroa voi pienentää, jos tulot laskevat.'],
      ['caller', 'Tulot laskevat viidenneksen. Mistä päivästä muutos alkaa?'],
      ['official', 'Seuraavasta eräpäivästä. Jo maksettu vähennetään.'],
      ['caller', 'Selvä. Harjoitus päättyy tähän.'],
      ['official', 'Kiitos, kuulemiin.', 300],
    ],
  },
  {
    key: 'skattekort',
    title: 'Ändring av skattekort vid pension',
    language: 'sv',
    line: 'service',
    voices: { caller: female(0, 0.96), official: male(0, 1.0) },
    lines: [
      ['official', 'Skatteförvaltningen, god dag. Hur kan jag hjälpa till?'],
      ['caller', 'God dag. Jag går i pension i mars och undrar över skattekortet.'],
      ['official', 'Har ni redan fått ett pensionsbeslut?'],
      ['caller', 'Ja, det kom förra veckan. Pensionen är ettusen åttahundra euro i månaden.', 600],
      ['official', 'Då räknar jag om procenten enligt lönen till mars och pensionen därefter.'],
      ['official', 'Den nya procenten är nitton. Pensionsanstalten får den direkt av oss.', 2200],
      ['caller', 'Behöver jag skicka något själv?'],
      ['official', 'Nej, det räcker så här. Ni ser beslutet i MinSkatt.'],
      ['caller', 'Tack så mycket för hjälpen.'],
      ['official', 'Tack för samtalet, hej då.'],
    ],
  },
  {
    key: 'skattedeklaration',
    title: 'Förhandsifylld skattedeklaration: ränteavdrag',
    language: 'sv',
    line: 'service',
    voices: { caller: male(-60, 1.02), official: female(0, 1.0) },
    lines: [
      ['official', 'Skatteförvaltningens telefontjänst, god dag.'],
      ['caller', 'Hej. Jag saknar räntorna på studielånet i min förhandsifyllda deklaration.'],
      ['official', 'Banken brukar anmäla dem. Är lånet beviljat i Finland?'],
      ['caller', 'Nej, det är ett svenskt lån. Jag studerade i Umeå.', 600],
      [
        'official',
        'Då måste ni själv kontrollera om räntan är avdragsgill. Statsgaranterade lån inom europeiska ekonomiska området kan godkännas.',
      ],
      ['caller', 'Till vilken dag ska jag rätta uppgifterna?'],
      ['official', 'Sista dagen står på första sidan, för er är det den nittonde maj.'],
      ['caller', 'Bra, jag gör det i kväll. Tack.'],
      ['official', 'Varsågod, hej hej.'],
    ],
  },
  {
    key: 'tax-card-foreign',
    title: 'First tax card for a person moving to Finland',
    language: 'en',
    line: 'service',
    voices: { caller: male(0, 1.0), official: female(0, 0.98) },
    lines: [
      ['official', 'Tax Administration, good afternoon. How can I help you?'],
      ['caller', 'Hello. I start a job in Tampere on Monday, and my employer asks for a tax card.'],
      ['official', 'Do you already have a Finnish personal identity code?'],
      ['caller', 'Yes, I got it from the service point last week.', 600],
      [
        'official',
        'Then please bring your passport and employment contract to the tax office. You can also apply online, if you have bank codes.',
      ],
      ['caller', 'I do not have a bank account yet. What happens if the card is late?'],
      ['official', 'The employer withholds sixty per cent until the card arrives. You get the excess back later.'],
      ['caller', 'I see. I will come tomorrow, then. Thank you.'],
      ['official', 'Thank you for calling. Goodbye.'],
    ],
  },
  {
    key: 'car-tax',
    title: 'Car tax on a vehicle brought along when moving',
    language: 'en',
    line: 'service',
    voices: { caller: female(0, 1.04), official: male(-40, 1.0) },
    lines: [
      ['official', 'Tax Administration, good morning.'],
      ['caller', 'Good morning. We are moving from Denmark, and we would like to bring our car.'],
      ['official', 'Have you owned it for at least six months before the move?'],
      ['caller', 'Yes, for three years.', 500],
      [
        'official',
        'Then you may get a reduction in the car tax. Please file the notification of use before you drive it here.',
      ],
      ['caller', 'How long does the decision take?'],
      [
        'official',
        'About two weeks after the tax return. Please keep the purchase contract and the registration papers.',
      ],
      ['caller', 'Very clear. Thank you for your help.'],
      ['official', 'You are welcome. Goodbye.'],
    ],
  },
]
