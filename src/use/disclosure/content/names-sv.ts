/**
 * Given and family names of Sweden (lists of @faker-js/faker, MIT) and, compiled by hand, of Swedish-speaking Finland; lower
 * case.
 */
export const swedishGivenNames = `
adam agnes agneta albin alexander alexandra ali alice alva amanda anders andreas anette anita ann anna anneli annika
anton arvid astrid axel barbro bengt berit birgitta björn bo britt camilla carina caroline cecilia charlotte christer
christian christoffer claes daniel david dennis ebba edvin elias elin elisabeth ella ellen elsa emelie emil emilia
emma erik erika eva felicia felix filip fredrik frida gabriel gun gunilla gunnar gunnel gustav göran hanna hans helen
helena henrik hugo håkan ida inger ingrid isabelle isak jakob jan jenny jesper jessica jimmy joakim joel johan johanna
john johnny jonas jonathan josef josefin julia jörgen karin karl karolina katarina kenneth kent kerstin kevin kjell
klara kristina kurt lars leif lena lennart leo liam lina linda linn linnéa linus lisa lisbeth louise lovisa lucas
ludvig madeleine magnus maja malin marcus margareta maria marianne marie martin matilda mats mattias max mikael
mikaela moa mohamed mona monica nathalie niklas nils nina oliver olivia olle olof oskar patrik per pernilla peter pia
pontus rasmus rebecca rickard robert robin roger rolf samuel sandra sara sebastian simon siv sofia sofie sonja stefan
stig susanne sven therese thomas tobias tommy torbjörn ulf ulla ulrika viktor viktoria william wilma yvonne åke åsa
bodil börje caj carita carola christel dan fredrika gerd gunvor gunborg harriet heidi holger jarl johan-erik johannes
kaj karl-johan knut kaarina lars-erik leila majvor margit märta otto peik pehr per-erik rabbe ralf ragnar rainer ray
ringa roald runa runar sigrid solveig stina sture susann sven-erik svante tage thorolf tor tore trygve valdemar viveca
viveka vivan walter yngve dorothea edith ellinor filippa greta hjalmar isa jannike jessika ulla-maj ann-sofi
ann-christin ann-mari anna-lena carl-gustav britt-marie eva-lotta jan-erik karl-gustav bror torsten bengt-erik saga
wilhelm
`

export const swedishFamilyNames = `
abrahamsson ahmed ali andersson andreasson arvidsson axelsson bengtsson berg berggren berglund bergman bergqvist
bergström björk björklund blom blomqvist claesson dahl dahlberg danielsson ek eklund ekström eliasson engström
eriksson falk forsberg fransson fredriksson gunnarsson gustafsson hansen hansson hassan hedlund hellström henriksson
hermansson holm holmberg holmgren holmqvist håkansson isaksson jakobsson jansson johansson jonsson jönsson karlsson
larsson lind lindberg lindgren lindholm lindqvist lindström lund lundberg lundgren lundin lundqvist lundström löfgren
magnusson martinsson mattsson mohamed månsson mårtensson nilsson norberg nordin nordström nyberg nyström olofsson
olsson persson pettersson pålsson samuelsson sandberg sandström sjöberg sjögren ström strömberg sundberg svensson
söderberg viklund wallin wikström åberg åkesson öberg ahlbäck ahlskog ahlström asplund backman backström bäckman
björkman björkskog björkqvist blomfelt boström brännbacka brännkärr burman dahlin dahlqvist ehrnrooth enlund englund
enholm finne fagerholm fagerström finnäs forsblom forsman forsell forsström fortelius friman furu glader granholm
granqvist granlund grönblom grönholm grönlund grönroos gästgivar haglund hagman hagström heino helenius hellman
helsing herrgård hägg hägglund höglund högnäs ingves jern jungar jungner kjerulf klingenberg knip knutar kronholm
kronqvist käld långbacka lassfolk lillkvist lindblom lindroos ljungqvist lundell malmberg malmström mannström mattjus
mellin nabb näs nordlund nordman nybäck nygård nylund nyman nynäs nyqvist ohlson ollas pellas portin prest rosenberg
rosenqvist roos rönnberg rönnholm rönnqvist sandelin sandell sandholm savolax sederholm sjöblom sjöholm sjölund skog
skogberg skogman slotte snellman snickars solvin stenbacka stenberg stenman storgård strandén ståhl sundell sundman
sundqvist sundström söderholm söderlund söderman söderström södergård thors tallqvist törnqvist törnroos ulfves vik
wahlroos wallén wentus wester westerlund westerholm westman wik wikman wiklund wikblad zilliacus åbacka åkerman ålgars
åström öhman öst österberg österholm österlund östman
`
