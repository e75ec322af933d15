import type { Language } from './word.ts'

/** Endings of street names, in the cases used in addresses. */
const endings: Record<Language, RegExp> = {
  fi: /(kat(u|ua|uun)|kad(un|ulla|ulle|ulta|ussa|usta)|tie(n|tä|llä|lle|ltä|hen)?|kuja(n|a|lla|lle|lta|an)?|pol(ku|kua|kuun|un|ulla|ulle|ulta)|kaar(i|ta|en|ella|elle|elta)|rait(ti|tia|in|illa|ille|ilta)|rin(ne|nettä|teen|teellä|teelle)|pen(ger|gertä|keren|kerellä)|ran(ta|taa|nan|nalla|nassa|nalle)|väylä(n|ä|llä|lle|ltä)?|aukio(n|ta|lla|lle)?|tor(i|ia|in|illa|ille)|bulevard(i|ia|in|illa)|puistik(ko|koa|on|olla)|puisto(n|ssa)?tie(n|llä|ltä|lle)?|esplanad(i|ia|in|illa)|mä(ki|keä|en|ellä|eltä)|pih(a|aa|an|alla)|lin(ja|jaa|jan|jalla)|haar(a|an|alla)|por(tti|tin|tilla))$/,
  sv: /(gata|gatan|vägen|väg|gränden|gränd|stigen|allén|torget|backen|esplanaden|stranden|bron|kajen|bågen|svängen|krönet|slingan|plan|linjen|parken|brinken|vreten)$/,
  en: /^(street|road|avenue|lane|drive|close|court|crescent|terrace|square|boulevard)$/,
}

/** Words that end like a street name but are none. */
const nonStreetWords = new Set(
  `rautatie moottoritie maantie valtatie yksityistie kävelykatu pääkatu uimaranta kotikatu tietie tiehen katua katu tie tien
  kuja polku ranta rannan rannalla mäki mäen kaupungintori tori torilla keskustori piha pihalla pihaan takapiha linja linjan
  linjalla linjaa portti portin markkinatori kauppatori satunnaistie tavarantori puhelinlinja asiakaslinja auktori
  raha tästie siihentie editori sihteeri lautakatu historia historian auditori direktori traktori traktorin moottori moottorin
  monitori reaktori hallintori terveysranta asialinja päälinja neuvontalinja palvelulinja
  gata gatan väg vägen backen torget stranden parken plan planen järnvägen motorvägen landsvägen omväg skolväg arbetsväg
  skatteplan betalningsplan betalningsplanen tidsplan bågen linjen telefonlinjen tågväg på väg hemväg hemvägen bron kajen
  läroplan flygplan`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

/** Returns true if a word ends like a street name in a Finnish or Swedish address. */
export function isStreetName(text: string, language: Language): boolean {
  const stem = text.replace(endings[language === 'en' ? 'fi' : language], '')
  return stem !== text && stem.length >= 3 && !nonStreetWords.has(text)
}

/** Returns true for "tie", "katu", "gatan" or "road" as a separate word after the street's name. */
export function isStreetWord(text: string, language: Language): boolean {
  if (language === 'en') return endings.en.test(text)
  const match = endings[language].exec(text)
  return match !== null && match[0] === text
}

const townList = `
helsin(ki|gin|gissä|giin|gistä) espoo(n|ssa|seen|sta)? vantaa(n|lla|lle|lta)? tampere(en|ella|elle|elta)? turku turu(n|ssa|sta) turkuun
oulu(n|ssa|un|sta)? jyväskylä(n|ssä|än|stä)? lah(ti|den|dessa|teen|desta) kuopio(n|ssa|on|sta)? pori(n|ssa|in|sta)? kouvola(n|ssa|an|sta)?
joensuu(n|ssa|hun|sta)? lappeenran(ta|nan|nassa|taan|nasta) hämeenlinna(n|ssa|an|sta)? vaasa(n|ssa|an|sta)? seinäjo(ki|en|ella|elle|elta)
rovaniem(i|en|ellä|elle|eltä) mikkeli(n|ssä|in|stä)? kotka(n|ssa|an|sta)? salo(n|ssa|on|sta) porvoo(n|ssa|seen|sta)? kokkola(n|ssa|an|sta)?
hyvinkää(n|ssä|stä)? lohja(n|lla|lle|lta)? järvenpää(n|ssä|hän|stä)? rauma(n|lla|lle|lta)? nurmijär(vi|ven|vellä|velle) kirkkonumm(i|en|ella|elle)
tuusula(n|ssa|an|sta)? kajaani(n|ssa|in|sta)? kerava(n|lla|lle|lta)? savonlinna(n|ssa|an|sta)? nokia(n|lla|lle|lta)? ylöjär(vi|ven|vellä)
kaarina(n|ssa|an|sta) kangasala(n|lla|lle|lta)? riihimä(ki|en|ellä|elle) raasepori(n|ssa|in)? imatra(n|lla|lle|lta)? raahe(n|ssa|en|sta)?
sastamala(n|ssa)? raisio(n|ssa|on)? hollola(n|ssa|an)? kemi(n|ssä|in|stä)? iisalm(i|en|ella|elle) tornio(n|ssa|on|sta)? valkeakos(ki|ken|kella)
varkau(s|den|dessa|teen) hamina(n|ssa|an)? kuusamo(n|ssa|on)? loimaa(n|lla)? sipoo(n|ssa|seen)? naantali(n|ssa|in)? parai(nen|sten|silla)
pietarsaar(i|en|essa|een) uusikaupunki uudessakaupungissa lieksa(n|ssa)? forssa(n|ssa)? kauniai(nen|sissa|sten) loviisa(n|ssa|an)? maarianhamina(n|ssa)?
hang(on|ossa) hanko inkoo(n|ssa)? närpiö(n|ssä)? mustasaar(i|essa) kemiö(n|ssä)? sodankylä(n|ssä)? inari(n|ssa) ivalo(n|ssa)? äänekos(ki|kella)
kuhmo(n|ssa)? nivala(n|ssa)? ylivieska(n|ssa)? kalajo(ki|ella) laitila(n|ssa)? lapua(n|lla)? kauhajo(ki|ella) kurikka(n)? alajär(vi|vellä)
helsingfors esbo vanda tammerfors åbo uleåborg lahtis vasa björneborg borgå karleby jakobstad nykarleby ekenäs raseborg hangö kyrkslätt
sibbo lovisa grankulla ingå sjundeå kimito pargas närpes kristinestad kaskö korsholm malax vörå pedersöre larsmo kronoby mariehamn
jomala lemland tavastehus kotka kuopio rovaniemi villmanstrand s:t nystad raumo nådendal reso stockholm göteborg malmö uppsala
london manchester dublin tallinn`

const towns = new RegExp(`^(?:${townList.trim().replace(/\s+/g, '|')})$`)

export function isTown(text: string): boolean {
  return towns.test(text)
}
