import { lexicon } from './numeral-lexicon.ts'

/**
 * Finnish: written and spoken forms, the cases used in numbers and dates, and ordinals. "Kuu" is a moon, a month and a clipped
 * six, "toinen" is also "another".
 */
export const finnishNumerals = lexicon(`
  unit 0 nolla nollan nollaa nollalla nollat nolle
  unit 1 yksi yks yhden yhtä yhdellä yhteen yhdestä yhessä yhdessä? ykkönen ykköne ykkösen ykköstä ykkös yh? yht
  unit 2 kaksi kaks kahden kahta kahdella kahteen kahdesta kakkonen kakkone kakkosen kakkosta kakkos kak kah?
  unit 3 kolme kolmen kolmea kolmella kolmeen kolmesta kolmonen kolmosen kolmosta kolmos kol? kolm
  unit 4 neljä neljän neljää neljällä neljään neljästä nelonen nelosen nelosta nelos nel? nelj
  unit 5 viisi viis viiden viittä viidellä viiteen viidestä vitonen viitonen vitosen vitosta vitos viitos vii? viist?
  unit 6 kuusi? kuus kuuden kuutta kuudella kuuteen kuudesta kutonen kuutonen kutosen kutosta kutos kuu?
  unit 7 seitsemän seittemän seitsämän seittämän seitsemää seitsemään seitsemällä seiska seiskan seiskaa seis? sei? seit seitse seitsen
  unit 8 kahdeksan kaheksan kaheksa kaheks kahdeksaa kahdeksaan kahdeksalla kasi kasin kasia kas?
  unit 9 yhdeksän yheksän yheksä yheks yhdeksää yhdeksään yhdeksällä ysi ysin ysiä
  teen 10 kymmenen kymppi kympin kymmeneen kymmenellä kymmenestä
  teen-mark 0 toista? toist
  ten-mark 0 kymmentä kymment kyt kytä kymppiä
  hundred 100 sata sataa sadan satasen sadalla sadasta satanen
  thousand 1000 tuhat tuhatta tuhannen tuhannella tonni tonnin tonnia
  unit. 1 ensimmäinen? ensimmäistä? ensimmäisen? eka? yhdes
  unit. 2 toinen? toisen? kahdes
  unit. 3 kolmas kolmatta kolmannen kolmantena
  unit. 4 neljäs neljättä neljännen neljäntenä
  unit. 5 viides viidettä viidennen viidentenä
  unit. 6 kuudes kuudetta kuudennen kuudentena
  unit. 7 seitsemäs seitsemättä seitsemännen seitsemäntenä
  unit. 8 kahdeksas kahdeksatta kahdeksannen kahdeksantena
  unit. 9 yhdeksäs yhdeksättä yhdeksännen yhdeksäntenä
  teen. 10 kymmenes kymmenettä kymmenennen kymmenentenä
`)
