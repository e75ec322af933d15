import type { LetterKind } from './letter.ts'

/** The templates as they come with Seloste. */
export const finnishTemplates: Record<LetterKind, string> = {
  received: `# Pyyntö on vastaanotettu

Pyyntö on saapunut {vastaanottopäivä}. Sen numero on {pyynnön numero}. Numero kannattaa mainita, kun asiasta kysytään.

# Mitä on pyydetty

{pyynnön sisältö}

# Miten pyyntö käsitellään

{käsittelyaika}

# Lisätietoja

{yhteystiedot}`,
  extension: `# Vastausaikaa on pidennetty

Pyyntö {pyynnön numero} on saapunut {vastaanottopäivä}. Siihen vastataan viimeistään {määräpäivä}.

# Miksi aikaa on pidennetty

{perustelu}

# Lisätietoja

{yhteystiedot}`,
  answer: `# Vastaus puhelua koskevaan pyyntöön

Tämä on vastaus pyyntöön {pyynnön numero}, joka on saapunut {vastaanottopäivä}. Siinä on pyydetty seuraavaa:

{pyynnön sisältö}

# Puhelut

{puhelut}

{kuuntelu ja kielto}

# Tietojen käyttö

Rekisteriselosteessa kerrotaan, mihin puhelujen tietoja käytetään, kuinka kauan niitä säilytetään ja kenelle niitä luovutetaan. Sen saa pyydettäessä myös paperilla.

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  appointment: `# Kuunteluaika on varattu

Pyynnön {pyynnön numero} perusteella on varattu aika tallennetun puhelun kuuntelemiseen.

{kuunteluaika}

# Ennen kuuntelua

- Mukaan tarvitaan henkilöllisyyden osoittava asiakirja, esimerkiksi passi tai henkilökortti.
- Virkailija ottaa vastaan toimipisteessä ja on paikalla kuuntelun ajan.
- Tallenteen voi kuunnella varattuna aikana niin monta kertaa kuin haluaa. Tallennetta ei anneta mukaan.

Jos aika ei sovi, siitä on ilmoitettava mahdollisimman pian. Uuden ajan on oltava ennen kuin tallenne tuhotaan.

# Lisätietoja

{yhteystiedot}`,
  'destroyed-before': `# Tallenne on tuhottu ennen kuuntelua

Pyynnössä {pyynnön numero} on pyydetty saada kuunnella tallennettu puhelu. Tallenne on tuhottu ennen kuin sitä on kuunneltu. Sitä ei voi palauttaa, eikä sitä voi enää kuunnella.

# Puhelut

{puhelut}

Tallenne tuhotaan aina, kun sen säilytysaika päättyy tai kun puhelun osapuoli kieltää sen käytön. Puhelun tiedot ovat kontaktihistoriassa pidempään, ja ne voi yhä pyytää.

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  prohibition: `# Tallenteen käyttö on kielletty

Pyynnössä {pyynnön numero} on kielletty tallenteen käyttö asiakaspalvelun kehittämiseen. Kielto on tullut voimaan heti.

# Tallenteet

{puhelut}

Kielto ei poista puhelun tietoja kontaktihistoriasta. Ne poistetaan, kun niiden säilytysaika päättyy. Tuhoamisesta saa pyydettäessä todistuksen.

# Lisätietoja

{yhteystiedot}`,
  erasure: `# Päätös tietojen poistamisesta

Tämä on vastaus pyyntöön {pyynnön numero}, joka on saapunut {vastaanottopäivä}. Siinä on pyydetty seuraavaa:

{pyynnön sisältö}

# Ratkaisu

Tallenteen poistamista koskevaan pyyntöön on suostuttu.

{puhelut}

Puhelun tietoja tarvitaan kontaktihistoriassa lakisääteiseen tehtävään. Ne poistetaan, kun niiden säilytysaika päättyy (yleinen tietosuoja-asetus, 17 artiklan 3 kohdan b alakohta). Tallenteen tuhoamisesta saa pyydettäessä todistuksen.

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  objection: `# Päätös käsittelyn vastustamisesta

Tämä on vastaus pyyntöön {pyynnön numero}, joka on saapunut {vastaanottopäivä}. Siinä on pyydetty seuraavaa:

{pyynnön sisältö}

# Ratkaisu

Tallennetta ei enää käsitellä (yleinen tietosuoja-asetus, 21 artiklan 1 kohta). Sen käyttö on kielletty.

{puhelut}

Puhelun tietoja tarvitaan kontaktihistoriassa lakisääteiseen tehtävään. Ne poistetaan, kun niiden säilytysaika päättyy. Tallenteen tuhoamisesta saa pyydettäessä todistuksen.

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  restriction: `# Päätös käsittelyn rajoittamisesta

Tämä on vastaus pyyntöön {pyynnön numero}, joka on saapunut {vastaanottopäivä}. Siinä on pyydetty seuraavaa:

{pyynnön sisältö}

# Ratkaisu

{puhelut}

Rajoitettua tallennetta voi käyttää vain siihen, mihin sen säilyttäminen perustuu, pyynnön esittäjän suostumuksella tai oikeuksien turvaamiseksi (yleinen tietosuoja-asetus, 18 artiklan 2 kohta). Ennen kuin rajoitus poistetaan, siitä kerrotaan kirjeellä (18 artiklan 3 kohta).

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  'restriction-end': `# Käsittelyn rajoitus päättyy

Pyynnön {pyynnön numero} perusteella on rajoitettu tallenteen käsittelyä. Rajoitus poistetaan tämän kirjeen jälkeen (yleinen tietosuoja-asetus, 18 artiklan 3 kohta).

# Tallenteet

{puhelut}

Tallenteen käytön voi kieltää milloin tahansa. Syytä ei tarvitse kertoa. Silloin tallenne tuhotaan.

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  'not-identifiable': `# Puhelua ei ole voitu yksilöidä

Tämä on vastaus pyyntöön {pyynnön numero}, joka on saapunut {vastaanottopäivä}. Pyyntöön ei voida suostua seuraavien puhelujen osalta.

{puhelut}

# Perustelut

Annettujen tietojen perusteella ei ole voitu osoittaa, mikä puhelu on pyynnön esittäjän oma. Muiden puheluista ei saa kertoa mitään, ei myöskään sitä, onko niitä tai onko niitä tallennettu (yleinen tietosuoja-asetus, 11 artikla ja 12 artiklan 6 kohta).

Pyynnön voi esittää uudelleen, jos puhelusta tiedetään tarkempi aika, soittajan numero, palvelunumero, puhelun kesto tai virkailijan nimi.

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  refusal: `# Pyyntöön ei voida suostua

Pyyntöön {pyynnön numero}, joka on saapunut {vastaanottopäivä}, ei voida suostua. Siinä on pyydetty seuraavaa:

{pyynnön sisältö}

# Perustelut

{perustelu}

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  copy: `# Jäljennös tallenteesta on valmis

Pyynnössä {pyynnön numero} on pyydetty jäljennös tallennetusta puhelusta. Jäljennös on valmis, ja sen voi noutaa verkosta. Linkki annetaan erikseen.

{jäljennökset}

# Tallenteen käsittely

Tallenteella on myös toisen ihmisen ääni. Tallenne on tarkoitettu vain pyynnön esittäjän omaan käyttöön, eikä sitä pidä antaa muille.

# Lisätietoja

{yhteystiedot}`,
  'log-extract': `# Ote puhelun tietojen käytöstä

Tämä on vastaus pyyntöön {pyynnön numero}, joka on saapunut {vastaanottopäivä}. Otteesta näkyy, milloin, missä tehtävässä ja mihin tarkoitukseen puhelun tietoja on käytetty.

# Käyttökerrat

{käyttökerrat}

Käyttäjien nimiä ei kerrota: he ovat käsitelleet tietoja rekisterinpitäjän lukuun ja sen ohjeiden mukaan (unionin tuomioistuimen tuomio C-579/21). Turvallisuusyksikön käyttökertoja ei ole otteessa.

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  correction: `# Päätös tiedon oikaisemisesta

Tämä on vastaus pyyntöön {pyynnön numero}, jossa on pyydetty oikaisemaan puhelun tietoja.

# Ratkaisu

{oikaisut}

Tietojen oikaisemisesta säädetään yleisen tietosuoja-asetuksen 16 artiklassa.

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  mentioned: `# Vastaus pyyntöön, joka koskee puhelussa kerrottuja tietoja

Pyynnössä {pyynnön numero}, joka on saapunut {vastaanottopäivä}, on pyydetty tietoja, joita puhelussa on kerrottu pyynnön esittäjästä. Tallenteista ei voi hakea sitä, kenestä niissä puhutaan. Siksi pyyntöön voidaan vastata vain, jos pyynnössä on yksilöity puhelu.

# Tietojen antaminen

Tiedot annetaan kirjallisesti siltä osin kuin ne koskevat pyynnön esittäjää eivätkä vaaranna puhelun osapuolten oikeuksia (yleinen tietosuoja-asetus, 15 artiklan 4 kohta). Jos tietoja annetaan, ne ovat tämän kirjeen liitteenä.

# Oikeus saattaa asia tietosuojavaltuutetulle

{valitustie}

# Lisätietoja

{yhteystiedot}`,
  openness: `# Päätös asiakirjapyyntöön

Pyynnössä {pyynnön numero}, joka on saapunut {vastaanottopäivä}, on pyydetty viranomaisen asiakirjaa.

# Ratkaisu

{ratkaisu}

# Perustelut

Ratkaisun perusteena on: {säädösperuste}.

{muutoksenhaku}

# Lisätietoja

{yhteystiedot}`,
}
