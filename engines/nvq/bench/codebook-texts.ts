/** Texts that the synthetic voices speak for the codebook: every vowel and diphthong of Finnish, every vowel of Swedish. */

export const finnish = `Hyvää huomenta, täällä puhelinneuvonta. Miten voin auttaa? Yöllä satoi räntää, ja tie oli jäässä.
Äiti söi jäätelöä, mutta isä ei syönyt. Vuokra maksetaan kuun viimeisenä päivänä. Hakemus on vielä käsittelyssä, ja
päätös tulee kahden viikon kuluessa. Löysin avaimet pöydän alta. Kuinka monta lasta teillä on? Tyttö piirsi työpöydän
ääressä hevosta. Lähettäkää tiliotteet ja kuitit liitteenä. Nuo vuoret näkyvät kauas. Meillä on auki arkisin
yhdeksästä neljään. Kiitos soitosta, kuulemiin. Yksi, kaksi, kolme, neljä, viisi, kuusi, seitsemän, kahdeksan,
yhdeksän, nolla. Leipä, voi, maito, juusto, kahvi ja sokeri. Häiritsenkö? En suinkaan. Nyt puhelu katkeaa. Hän
käyttäytyy öisin oudosti. Rouva Räisänen pyysi soittamaan uudelleen. Kyllä, aivan niin, juuri siitä on kyse.`

export const swedish = `God morgon, det här är rådgivningen. Hur kan jag hjälpa till? I natt föll det snö, och vägen var hal.
Min syster bor på en ö i skärgården. Hyran betalas den sista dagen i månaden. Ansökan är under behandling, och beslutet
kommer inom två veckor. Jag hittade nycklarna under bordet. Hur många barn har ni? Flickan ritade en häst vid
skrivbordet. Skicka kontoutdrag och kvitton som bilaga. De där bergen syns långt. Vi har öppet vardagar från nio till
fyra. Tack för samtalet, adjö. Ett, två, tre, fyra, fem, sex, sju, åtta, nio, noll. Bröd, smör, mjölk, ost, kaffe och
socker. Stör jag? Inte alls. Nu bryts samtalet. Hon brukar köra bil om nätterna. Fru Sjöberg bad er ringa igen. Ja,
just det, det är precis vad frågan gäller. Sjukhuset ligger vid torget, bredvid kyrkan.`
