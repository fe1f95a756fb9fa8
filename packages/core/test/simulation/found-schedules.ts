/** Schedules that once failed, shrunk to what their failure needed, each by the name of what it found. */
export const schedules = {
  // Clocks of two processes differ, so the second success is found at the very millisecond of the first. Its task had the
  // name of the one that was done, and what the bank held stayed there for ever. Seed 417.
  "a late success that is found again at the same time by another clock": `
{"seed":417,"nodes":2,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":false,"messages":true,"clocks":true}}
skew 592206137 3000 1000
pay 368801070 3000 1000
skew 763416402 3000 1000
lie 309281590 21 5
fineWeather 727342766 3000 1000
lie 1044105491 3000 1000`,
  // A process waits for a place with a task that another, whose clock is ahead, has taken over and is sending. It took the
  // other's mark for its own and sent the message too. Seed 1000751.
  "a message that waits for its turn, while a process whose clock is ahead sends it": `
{"seed":1000751,"nodes":2,"faults":{"crashes":true,"stalls":false,"store":false,"gateway":true,"services":false,"messages":false,"clocks":true}}
rush 2082016237 3000 1000
blackout 1379396544 3000 1000
cancel 1445437623 3000 1000
updateCard 1070422984 3000 1000
skew 1687808431 3000 1000
pay 824771897 3000 100
rush 82807826 3000 1000
blackout 1788505534 3000 12000`,
  // The process was looking for work while a payment took its only place. When that was free again nobody said so, so what
  // fell due meanwhile, to bring the payment's outcome to its checkout, waited for the next look: for hours here. Seed 47.
  "a task that falls due while the last place is taken, by a process that is just looking for tasks": `
{"seed":47,"nodes":1,"faults":{"crashes":true,"stalls":false,"store":false,"gateway":false,"services":false,"messages":false,"clocks":false}}
ambush 2002108105 3000 1000
again 83493113 3000 1000
pay 834776877 17 5
cancel 1407107132 3000 1000
pay 1172715142 3000 1000
payDirectly 1446011913 3000 1000
answer 945090094 3000 1000`,
  // The vault is slow, and the clock of the process is set back: by its own time its lease still holds. Another one has
  // sent the message meanwhile, and the checkout was stepped up. Under a key that was decided nothing moves, which the
  // checker did not see. Seed 1456, with webhooks.
  "a message under a decided key, by a process whose clock is behind, while the next payment is under way": `
{"seed":1456,"nodes":2,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":true,"messages":false,"clocks":true,"receivers":false},"webhooks":true}
serviceWeather 902063779 3000 1000
again 2005759287 3000 1000
pay 691652450 3000 12000
payDirectly 1541359638 7 5
look 1384360946 3000 1000
skew 701102235 3000 1000
waitLong 118925184 3000 3600000`,
  // What a payer signed is handed in, and by the time that it is looked for its block was replaced and it is gone. There was
  // no deposit to record, and the key was bound to one without a name. Seed 25, with intents.
  "a pull that is gone from the chain before anybody has seen it": `
{"seed":25,"nodes":1,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":false,"messages":false,"clocks":false,"receivers":false,"chains":true},"intents":true}
askForPayment 1573418142 3000 1000
chainWeather 1519831794 3000 1000
pull 755661879 3000 12000`,
  // Somebody says that something happened, and the refund is looked up by two. One writes its end, and its intent's, after the
  // other has read the refund and before it reads the intent: what was left to tell was refused. Seed 17835, with intents.
  "a refund that ends between the look at it and the look at its intent": `
{"seed":17835,"nodes":2,"faults":{"crashes":true,"stalls":true,"store":false,"gateway":false,"services":false,"messages":false,"clocks":false,"receivers":false,"chains":true},"intents":true}
wait 452177849 3000 2000
askForPayment 129284240 22 5
stallAtChain 4032745 3000 1000
look 491564036 3000 1000
payOnChain 625548919 3000 100
payOnChain 1446559502 3000 1000
ambushAtChain 443136180 3000 1000
askForPayment 959813840 3000 1000
again 1942508139 3000 1000
fineWeather 870389919 3000 1000
payPage 663811214 3000 1000
changed 946276565 16 5
stallAtChain 2003786595 14 5
ambushAtChain 48022597 10 5
cancel 1685024974 3000 1000
payAndRegret 1825597021 3000 1000`,
  // A payer comes back to a process that stands still, until the time of his challenge is over. His card was for this one
  // payment and is forgotten with it, so there was no number left to ask about, which nobody had expected. Seeds 27025
  // and 26760, with webhooks.
  "a return from a challenge while its payment ends and its card is forgotten": `
{"seed":27025,"nodes":2,"faults":{"crashes":false,"stalls":true,"store":false,"gateway":true,"services":false,"messages":false,"clocks":false,"receivers":false,"chains":false}}
payDirectly 1716873185 3000 1000
blackout 1704349937 3000 1000
stallAt 1789289488 3000 1000
pay 1798756603 3000 1000
goBack 487245096 3000 1000
waitLong 1267090260 3000 3600000`,
  // The bank undoes what cannot be sent again, and its answers are lost until a person is called. Then comes its old message
  // that it had approved, which was believed: a payment for which nothing was reserved any more. Seed 9481.
  "a message about an approval that was undone, when its reversal was left to a person": `
{"seed":9481,"nodes":2,"faults":{"crashes":false,"stalls":true,"store":true,"gateway":true,"services":false,"messages":true,"clocks":false,"receivers":false}}
stallAt 772054091 3000 1000
bankWeather 949442219 3000 12000
pay 202033551 21 5
storeWeather 904723743 23 5
pay 1108646250 14 5
capture 120181449 22 5
capture 185694719 3000 100
waitDays 1406828314 3000 592000000
message 1809929592 3000 1000`,
  // The same of a void: a clock jumps ahead, so its reversal is left to a person while it is on its way to the bank, where it
  // arrives after the void. Seed 33970, with webhooks, where it was a capture.
  "a message about a void that was undone, by a reversal that was late when a person was called": `
{"seed":33970,"nodes":1,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":true,"services":false,"messages":true,"clocks":true,"receivers":false}}
rush 551893961 3000 1000
bankWeather 1602683646 3000 1000
clash 550492766 3000 1000
jump 341924726 3000 1000
stallAt 477324986 3000 12000
message 2112481823 3000 1000`,
  // The clock of a process is set back by an hour. By the latest time that it had shown no lease would last for a call, so it
  // took back what it had started, started it again, sixteen times per lease, until the payments were overdue; and so many
  // deliveries were withheld that a merchant had to ask for them more than once. Seed 30560, with webhooks.
  "payments that are asked for after the clock was set back": `
{"seed":30560,"nodes":1,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":false,"messages":false,"clocks":true,"receivers":false},"webhooks":true}
changeEndpoint 1412974964 3000 12000
jump 2009986537 3000 1000
rush 46338719 3000 12000
waitLong 1233198924 20000 1300000`,
  // The vault is slow, and the process is forty seconds behind: another one has taken its message for lost, had its key
  // reversed and failed the checkout. The bank had never seen that key, and nothing can move under it, which the checker did
  // not see. Seed 28508, found in the life of seed 41530, with webhooks.
  "a message under a key that was reversed before it came, by a process whose clock is behind": `
{"seed":28508,"nodes":2,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":true,"messages":false,"clocks":true,"receivers":false}}
skew 1377049094 3000 1000
serviceWeather 674010207 3000 1000
payDirectly 2033989393 3000 1000`,
  // A conflict when quotes are kept was taken for a defect of this program. It is a moment's, or the network's, and asking
  // again helps. Seeds 19 and 129, with payments abroad.
  "a conflict when the quotes of a network are kept": `
{"seed":129,"nodes":1,"faults":{"crashes":false,"stalls":false,"store":true,"gateway":false,"services":false,"messages":false,"clocks":false,"receivers":false,"chains":false,"abroad":false},"payouts":true}
storeWeather 1608795142 3000 1000
sendAbroad 772975572 3000 12000`,
  // The vault takes its time over sealing what is written to the network, and the lease of the submission was counted from
  // before that. It was over when the payment was submitted. Seeds 209 and 889, with payments abroad.
  "a payment abroad that is submitted when sealing has outlived the lease": `
{"seed":889,"nodes":3,"faults":{"crashes":true,"stalls":false,"store":false,"gateway":false,"services":true,"messages":false,"clocks":false,"receivers":false,"chains":false,"abroad":false},"payouts":true}
serviceWeather 2126770000 3000 1000
goOnAbroad 806635121 1 5
sendAbroad 718105812 11 5
ambushAbroad 1444986954 3000 1000
wait 641135428 3000 9000
fineWeather 1518000114 3000 1000
ambushAbroad 1825560550 3000 12000
pay 1323635188 3000 12000
missTransaction 485374786 3000 12000`,
  // Nodes lose sight of a transaction, which is given up, and carry it out. Nobody looked any more: the network was not told
  // of the money, and it was in no book. Seed 19, with payments abroad.
  "money that arrives by a transaction that was given up": `
{"seed":19,"nodes":1,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":false,"messages":false,"clocks":false,"receivers":false,"chains":false,"abroad":true},"payouts":true}
sendAbroad 1971793837 3000 1000
goOnAbroad 423848766 3000 1000
goOnAbroad 1320753483 3000 12000
missTransaction 2082664012 3000 1000`,
  // A payment has ended so long ago that nobody looks after it any more. The network has a question nevertheless; it was
  // answered, and what became of the answer was never asked. Seed 103399, with payments abroad.
  "a question about a payment that nobody looks after any more": `
{"seed":103399,"nodes":1,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":false,"messages":false,"clocks":false,"receivers":false,"chains":false,"abroad":false},"payouts":true}
sendAbroad 12134985 3000 1000
waitDays 497461209 3000 592000000
raiseQuestion 389309987 3000 12000
answerAbroad 816966283 3000 1000`,
  // A wallet is emptied at the very moment at which its transaction is carried out. The simulated chain said that the money
  // had come, and from then on that there had been none. Seeds 10909, 17979, 24459 and 42769, with payments abroad.
  "a wallet that is emptied as its transaction is carried out": `
{"seed":42769,"nodes":1,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":false,"messages":false,"clocks":false,"receivers":false,"chains":false,"abroad":false},"payouts":true}
sendAbroad 1291809847 3000 1000
goOnAbroad 1336020881 3000 1000
goOnAbroad 1371334007 3000 1000
changeAbroad 44530667 3000 1000`,
  // The network cannot be reached for as long as ended payments are followed. It is told of money after that, and gives it
  // back, when nobody looked any more. Seed 25019, with payments abroad.
  "money of which the network could be told only when its payment was followed no longer": `
{"seed":25019,"nodes":1,"faults":{"crashes":false,"stalls":false,"store":true,"gateway":false,"services":false,"messages":false,"clocks":false,"receivers":false,"chains":false,"abroad":true},"payouts":true}
sendAbroad 1485630999 3000 1000
sendAbroadLater 1021043973 3000 1000
sendAbroad 1461008440 3000 1000
sendAbroad 1784683 0 5
goOnAbroad 1313075328 3000 12000
storeWeather 1202883319 3000 12000
goOnAbroad 185647326 3000 1000
weatherAbroad 752500078 3000 1000
waitDays 700071219 3000 592000000`,
  // Nodes lose sight of a transaction and are then silent for as long as it is looked for; a look without an answer was
  // taken for the last one. Seed 27659, with payments abroad.
  "a transaction that was lost, of chains that are silent for days": `
{"seed":27659,"nodes":1,"faults":{"crashes":false,"stalls":false,"store":false,"gateway":false,"services":false,"messages":false,"clocks":false,"receivers":false,"chains":false,"abroad":true},"payouts":true}
sendAbroad 553110582 3000 1000
goOnAbroad 1859327100 3000 12000
signTransaction 2111290509 3000 1000
missTransaction 1650320058 3000 1000
weatherAbroad 1192510329 3000 12000
waitDays 1190523522 3000 592000000`
} as const satisfies { readonly [name: string]: string }
