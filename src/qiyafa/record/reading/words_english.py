"""What English words mean in a statement about thefts. Tables only; `lexicon` explains how they are written."""

from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Bound, Measure, Modality
from qiyafa.record.reading.lexicon import Role, Table

ENGLISH: Final[Table] = {
    Role.BEFORE: {
        Bound.AT_LEAST: "at least / no less than / not less than / no fewer than / a minimum of / minimum / "
        "at minimum / not fewer than / at the very least / at the least / not under / not below / no smaller than",
        Bound.MORE_THAN: "more than / over / above / in excess of / upwards of / upward of / exceeding / exceeds / "
        "exceeded / exceed / surpassing / surpassed / topped / topping / north of / greater than / well over / "
        "just over / slightly more than / slightly over / a little over / a little more than / beyond / "
        "well above / well in excess of / far more than / much more than / rather more than / a bit over / "
        "a bit more than / a touch over / a shade over / a fraction over / passed / passing / crossed / crossing / "
        "or more than / well past / past the / higher than / larger than / bigger than / just above",
        Bound.UP_TO: "up to / as much as / as many as / no more than / not more than / at most / a maximum of / "
        "less than / fewer than / under / below / maximum / capped at / not above / no greater than / no higher than / "
        "or less than / or fewer than / not over / never more than / a ceiling of / an upper limit of / smaller than",
        Bound.ALMOST: "almost / nearly / close to / just under / just below / approaching / just shy of / "
        "nearing / not quite / a little under / slightly under / slightly less than / just less than / just short of / "
        "a shade under / a touch under / a bit under / a bit less than / a little less than / a fraction under / "
        "close on / shy of / slightly below / a little below / virtually / practically / verging on",
        Bound.ABOUT: "approx . / "
        "about / around / roughly / approximately / approx / an estimated / estimated / some / "
        "circa / estimated at / put at about / in the region of / on the order of / in the neighborhood of / "
        "near / estimated to be / estimated to be worth / more or less / ~ / ca / nearly about / estimates of / "
        "something like / somewhere around / somewhere near / somewhere in the region of / in the order of / "
        "in the neighbourhood of / in the vicinity of / an estimate of / reckoned at / an approximate / approximate / "
        "somewhere between / anywhere between / anywhere from / give or take / give or take about / broadly",
    },
    Role.AFTER: {
        Bound.AT_LEAST: "or more / at least / at minimum / at a minimum / and up / or higher",
        Bound.MORE_THAN: "plus / and counting / and more / - plus / + / and change",
        Bound.UP_TO: "at most / or less / or fewer / at the most / tops",
        Bound.ABOUT: "or so / approximately / roughly / or thereabouts / - odd / odd / , give or take / "
        "give or take / - ish / ish",
    },
    Role.MODALITY: {
        Modality.SUSPECTED: "suspected / suspects / suspect / suspecting / alleged / allegedly / alleging / "
        "alleges / believed to / believed / thought to / accused / accuses / accusing / reportedly / purportedly / "
        "presumed / likely / probably",
        Modality.POSSIBLE: "may have / may be / might have / might be / could have / could be / possible / "
        "possibly / potentially / perhaps / may / might",
    },
    Role.MEASURE: {
        Measure.STOLEN: "stole / stolen / steal / steals / stealing / theft / thefts / heist / heists / siphon~ / "
        "loot / looted / looting / pilfer~ / drained / drain / draining / swiped / robbed / robbery / robberies / "
        "thieves / made off with / make off with / haul / plunder~ / hack / hacks / hacked / exploit / exploited / "
        "exploits / breach / breaches / taken / took / netted / netting / nabbed / snatched / stealer / "
        "misappropriated / embezzled / unauthorized withdrawals / unauthorised withdrawals / thieving / "
        "cybertheft / cyber - theft / stole away / grabbed / hauled / exploiting / compromised / vanished / "
        "vanish / vanishing / disappeared / disappear / went missing / gone missing / go missing / goes missing / "
        "missing from / is missing / are missing / was missing / were missing / is gone / are gone / was gone / "
        "were gone / gone in / emptied / emptying / cleaned out / cleared out / walked away with / "
        "walked off with / making off with / made away with / ran off with / absconded with / bagged / pocketed / "
        "pinched / filched / swipe / swiping / rob / robbing / burgled / burglary / raided / pillaged / "
        "ripped off / spirited away / breached / breaching / snatching / misappropriating / misappropriation / "
        "embezzling / embezzlement / extorted / extorting / able to withdraw / hackers withdrew / hacker withdrew / "
        "attackers withdrew / attacker withdrew / thieves withdrew / fraudulently withdrawn / illegally withdrawn / "
        "rug pull / rug pulls / relieved of",
        Measure.LOSSES: "swindled / duped / tricked / conned / fleeced / hand over / handed over / handing over / "
        "cheated / loss / losses / lost / lose / loses / losing / cost / costing / damage / damages / scammed / "
        "defrauded / scams / fraud / defraud / defrauding / swindle / swindling / cheating / bilked / fell victim / "
        "fall victim / fallen victim / falling victim / suffered / out of pocket / written off / wrote off",
        Measure.PROCEEDS: "earned / earn / earns / earning / earnings / generated / generate / generates / "
        "generating / revenue / revenues / proceeds / profit / profits / raked in / raking in / reaped / income / "
        "amassed / brought in / gained / gains / took in / funneled to / funnelled to / yielded / yielding / "
        "bring in / brings in / bringing in / pulled in / rake in",
        Measure.ATTEMPTED: "attempted / attempt / attempts / attempting / tried to / trying to / sought to",
        Measure.BLOCKED: "blocked / stopped / halted / thwarted / prevented / foiled / averted / intercepted / "
        "blocking / thwart / foil",
        Measure.FROZEN: "hold was placed on / holds were placed on / placed a hold on / froze / frozen / freeze / "
        "freezing / freezes / immobilized / immobilised / locked / locked up / impounded / restrained / attached / "
        "attaches",
        Measure.RECOVERED: "recovered / recover / recovers / recovering / recovery / recouped / retrieved / "
        "returned / clawed back / seized / seize / seizes / seizing / seizure / seizures / forfeited / "
        "forfeiture / forfeit / confiscated / confiscate / refunded / refund / refunding / reimbursed / recoup / "
        "repaid / sent back / send back / gave back / given back / giving back / handed back / handing back / "
        "paid back / pay back / came back / come back / came home / come home / got back / get back / got it back / "
        "getting back / won back / brought back / repatriated / restored / surrendered / reclaimed / retrieve / "
        "retrieving / salvaged / rescued / claw back / clawing back / made whole / refunds / reimburse / "
        "reimbursing / reimbursement / repay / repaying / confiscation / recoveries / turned over / restitution",
        Measure.OUTSTANDING: "got away with / get away with / getting away with / escaped with / still missing / "
        "unrecovered / remain missing / remains missing / unaccounted for / never recovered / gone dark / "
        "went dark / untraceable / fled with / not been recovered / still outstanding / never been recovered / "
        "not recovered / never returned / not been returned / yet to be recovered / not been found / never found",
        Measure.LAUNDERED: "laundered / launder / launders / laundering / washed / converted / mixer / mixers / "
        "mixed / moved / move / transferred / tumbled / obfuscat~ / swapped / sent / funneled / funnelled / "
        "dispersed / went to / went through / gone through / gone to / passed through / flowed through / flowed / "
        "flowed to / ran through / run through / routed / routing / channelled / channeled / bridged / cashed out / "
        "cash out / cashing out / converting / convert / transferring / transfer of / swapping / mixing / moving / "
        "wash / washing / cleaned / layered / processed / handled / deposited / ended up / landed in / shuffled",
    },
    Role.ATTACK: {
        "attack": "attacked / attack / attacks / attacking / cyberattack / cyberattacks / cyber attack / "
        "infiltrated / cyber - attack / cyber - attacks / infiltrate / infiltrating / targeted / targeting / "
        "targets / cybercrime / cyber crime / revenge / retaliated / active / intrusion / intrusions / "
        "ransomware / phishing / espionage / began / started / emerged / leaked / operating / operated / "
        "operates / affected / affecting / compromising / raids / raid / infected / infecting / malware / "
        "hacking / victimized / victimised / hit / struck / crime / strikes / spree / campaign / campaigns / assault / "
        "assaults / fraudster~ / crooks / cybercriminal",
    },
    Role.COUNT: {
        "incidents": "attack / attacks / cyberattack / cyberattacks / cyber attacks / cyber attack / hack / "
        "hacks / cyber - attacks / cyber - attack / heist / heists / theft / thefts / incident / incidents / "
        "breach / breaches / raid / raids / intrusion / intrusions / exploit / exploits / hacking incidents / "
        "hackings / robberies / cyberheists / cyber - heists / compromises / security incidents / scams / "
        "hacking attacks / hacking cases / hacking attempts / cyber incidents / operations / occasions / instances / "
        "episodes / burglaries / assaults / rug pulls / security breaches / frauds / "
        "infiltrations / swindles",
        "countries": "countries / nations / jurisdictions / states",
        "addresses": "addresses / wallets / wallet addresses / accounts",
        "organisations": "exchanges / firms / banks / platforms / organizations / organisations / protocols / "
        "financial institutions / institutions / crypto firms / victims companies / businesses / projects / "
        "companies / start - ups / startups / start ups / service providers / providers / custodians / lenders / "
        "brokers / brokerages / bridges / hospitals / universities / agencies / casinos / apps / websites / "
        "contractors",
        "persons": "people / persons / citizens / americans / residents / individuals / britons / australians / "
        "indians / koreans / germans / canadians / men / women / pensioners / adults / families / households / "
        "savers",
        "victims": "victims / users / customers / investors / account holders / clients / depositors / creditors / "
        "members / holders / token holders / complainants / consumers / traders / players / account owners",
    },
    Role.PEOPLE: {
        "designees": "individuals / entities / people / persons / companies / individual / entity / person / "
        "company / men / nationals / vessels / ships / citizens / bankers / front companies / targets / "
        "officials / north koreans / organizations / organisations / firms / banks / operatives / groups / group / "
        "agents / traders / workers / it workers",
    },
    Role.CHANGE: {
        -1: "down / fell / fallen / fall / falls / falling / drop / drops / dropped / dropping / decline / declines / "
        "declined / declining / decrease / decreased / decreases / less than in / lower / reduction / slid / "
        "plunged / plunge / shrank / tumbled by / decreasing / slumped / reduced / dip / dipped / sank / plummeted / "
        "dwindled / shrunk / slipped / slide / plunging / diminished / contracted / retreated / eased / dived",
        1: "up / rose / rise / rises / rising / risen / increase / increased / increases / increasing / jump / "
        "jumped / surge / surged / grew / growth / climbed / higher / soared / spike / spiked / uptick / gain of / "
        "jumping / surging / growing / leapt / up by / rocketed / skyrocketed / ballooned / swelled / swollen / "
        "escalated / climbing / climb / soaring / edged up / edged higher / went up / gone up / shot up / upsurge / "
        "expanded / advanced",
    },
    Role.DOUBLED: {
        Decimal(1): "doubled / doubling / doubles / double / twofold / two - fold",
        Decimal(2): "tripled / tripling / trebled / trebling / triple / threefold / three - fold",
        Decimal(3): "quadrupled / quadrupling / fourfold / four - fold",
        Decimal(4): "quintupled / fivefold / five - fold",
        Decimal(9): "tenfold / ten - fold",
        Decimal("-0.5"): "halved / halving / halves / shrank by half / fell by half / dropped by half / "
        "declined by half / down by half / cut by half / decreased by half / fell by a half / cut in half",
    },
    Role.PERCENT: {
        "percent": "% / percent / per cent / pct / percentage points",
    },
    Role.MAJORITY: {
        "majority": "most of / the majority of / majority of / the vast majority of / the bulk of / bulk of / "
        "the great majority of / the lion ' s share of / most stolen / largest share of",
    },
    Role.FRACTION_OF: {
        "stolen": "funds / money / transfers / transactions / loss / losses / attacks / hacks / thefts / proceeds / "
        "cryptocurrency / crypto / assets / haul / loot / sum / total / value / amount / amounts / stolen / "
        "incidents / bitcoin / ether / revenue / income / foreign currency / cases / tokens / heists / all / "
        "payments / coins / ransom / funding / exports / spending / what was / its / them / which / orders / "
        "of that / of this / of those / of these / everything / booty / spoils / takings / damage / exchange / "
        "virtual / activity / programme / program / programs / programmes / foreign / hard currency / weapons / "
        "victims / dollar / dollars / it / that sum / the sum",
    },
    Role.TOTAL: {
        "total": "were worth / reached / reaching / amounted to / came to / stood at / total / remainder / "
        "the rest / totals / totaling / totalling / totaled / totalled / overall / combined / toll / tally / "
        "of that / of this / figure / sum / amount / bill / put at / put it at / puts it at / estimated at / "
        "valued at / adds up to / add up to / come to / comes to / coming to / accounted for / accounts for / "
        "accounting for / represented / representing / all told / altogether / in all / together / equivalent to / "
        "the equivalent of / brings the / takes the / brought the / bringing the / taking the",
    },
    Role.UNRELATED: {
        "average": "on average / average / averages / averaged / averaging / median",
        "money": "assets held / borrowed / borrow / borrows / lent / share capital / capital of / "
        "capital increase / reward / rewards / rewarding / bounty / bounties / fine / fined / fines / penalty / "
        "penalties / white - hat / white hat / offers / exports of / exports were / operating profit / net profit / "
        "net loss / settlement / settle / settled / raised / raise / raising / fundraising / funding round / "
        "valuation / market cap / market capitalization / market capitalisation / market value / trading volume / "
        "volume / volumes / price / prices / priced / salary / salaries / wage / wages / budget / gdp / invest / "
        "invested / invests / investment / investments / loan / loans / bridge loan / loaned / aid / insurance / "
        "insurance fund / donation / donated / trading at / traded at / trades at / trading around / fee / fees / "
        "reserves / holdings / under management / bonus / contract / subsidy / per coin / per token / a share / "
        "tuition / rent / compensation / paid / pays / pay / users worldwide / registered users / ticket / "
        "tickets / discount / inflation / shares / stock / shares fell / bond / bonds / debt / commission / "
        "valued the company / customers worldwide / bail / offer / offered / offering / owned / stake / per ether / "
        "per bitcoin / per transaction / per scam / per victim / survey / surveyed / respondents / of those asked / "
        "cost per / average cost / unable to withdraw / a bitcoin / apiece / exchange rate / trades a day / "
        "daily trades / daily trading / monthly returns / annual returns / returns of / interest of / yield of / "
        "upgrade / upgrading / spend on / spending on / hourly / etf / etfs / inflows / outflows / tvl / "
        "value locked / turnover / we charge / spend / spends / spent / spending / bought / buy / buys / buying / "
        "purchase / purchased / acquired / acquisition / takeover / sponsor~ / prize / grant / grants / tax / "
        "taxes / levy / dividend / dividends / deposits / in custody / held / holds / annual revenue / "
        "its revenue / company ' s revenue / quarterly revenue / liabilities / credit line / line of credit / "
        "pulled out / pulling out / bank run",
    },
    Role.SAYS: {
        "says": "said / says / saying / say / told / reported / reports / estimated that / estimates / estimate / "
        "found that / found / announced / stated / states / disclosed / revealed / confirmed / claimed / claims / "
        "wrote / added / noted / notes / warned / shows / showed / showed that / shows that / according / "
        "concluded / attributed / blamed / accused / calculated / counted / tracked / recorded / identified / "
        "alleged / alleges / puts / put / estimated / spoke of / speaks of / reckon / reckons / admitted / "
        "acknowledged / tallied / pegged / pegs / logged / documented",
    },
    Role.ACCORDING: {
        "according": "according to / as per / citing / cited by / quoting / per",
    },
    Role.THAT: {
        "that": "that",
    },
    Role.ISSUED: {
        "issued": "published / issued / released / publishes / dated / updated / report / press release / "
        "statement / announcement / blog post / filing / filed / unsealed / testified / hearing / posted / post / "
        "tweet / advisory / conference / interview / meeting / indicted / charged / arrested / sentenced / "
        "convicted / extradited / joined / founded / founded in / set up in / created in / launched / established / "
        "resigned / born",
    },
    Role.ACTOR: {
        "dprk": "north korea / north korean / north koreans / dprk / pyongyang / north korea ' s / kim jong un / "
        "kim jong - un / democratic people ' s republic of korea / the north",
        "lazarus": "lazarus / lazarus group / tradertraitor / trader traitor / apt 38 / apt / bluenoroff / "
        "andariel / kimsuky / hidden cobra / jade sleet / stardust chollima / applejeus / citrine sleet",
        "thieves": "hackers / hacker / attackers / attacker / cybercriminals / thieves / hacking group / "
        "exploiter / criminals / cyber actors / threat actors / the group / this group / the gang / operatives / "
        "regime",
    },
    Role.SANCTION: {
        "sanction": "sanction / sanctioned / sanctions / sanctioning / designated / designate / designates / "
        "designating / designation / designations / blacklisted / blacklist / blacklists / ofac / added to / "
        "named / sdn / asset freeze / listed / delisted",
    },
    Role.MEETING: {
        "meeting": "meeting / round / session / summit / talks / consultation / consultations / dialogue / "
        "working group meeting / conference / plenary / working group",
    },
    Role.ORDINAL: {
        1: "first",
        2: "second",
        3: "third",
        4: "fourth",
        5: "fifth",
        6: "sixth",
        7: "seventh",
        8: "eighth",
        9: "ninth",
        10: "tenth",
        11: "eleventh",
        12: "twelfth",
        13: "thirteenth",
        14: "fourteenth",
        15: "fifteenth",
        16: "sixteenth",
        17: "seventeenth",
        18: "eighteenth",
        19: "nineteenth",
        20: "twentieth",
    },
    Role.RECORD: {
        "record": "record / records / all - time high / all time high / unprecedented / record - breaking / "
        "record - setting / record high / record year / historic high",
    },
    Role.SUPERLATIVE: {
        "largest": "largest / biggest / worst / most harmed / most affected / most targeted / hardest hit / "
        "most damaging / hardest - hit / most lucrative / most prolific / most vulnerable / greatest / "
        "single largest / deadliest / most exposed / most frequently targeted / the most attacks / heaviest",
    },
    Role.SUPPORTS: {
        "supports": "supports / support / funds / fund / finances / finance / bankrolls / bankroll / underwrites / "
        "bankrolled / financed / funded / supported / fuels / fueled / fuelled / directly support / pays for",
    },
    Role.WEAPONS: {
        "weapons": "weapons / weapon / nuclear / missile / missiles / ballistic / wmd / weapons of mass destruction",
    },
    Role.SEAT: {
        "seat": "headquartered in / with headquarters in / whose headquarters are in / has its headquarters in",
    },
    Role.MONTH: {
        1: "january / jan",
        2: "february / feb",
        3: "march / mar",
        4: "april / apr",
        5: "may",
        6: "june / jun",
        7: "july / jul",
        8: "august / aug",
        9: "september / sep / sept",
        10: "october / oct",
        11: "november / nov",
        12: "december / dec",
    },
    Role.RELATIVE: {
        "year-1": "last year / a year ago",
        "year-before": "the previous year / previous year / prior year / the prior year / the year before / "
        "a year earlier / a year before / preceding year / the same period a year earlier",
        "year-2": "two years ago / the year before last",
        "year0": "since the start of the year / since the beginning of the year / year - to - date / this year / "
        "so far this year / year to date / the current year / current year / thus far this year",
        "year-3": "three years ago",
        "year-4": "four years ago",
        "year-5": "five years ago",
        "month-1": "last month / the previous month / a month ago / previous month",
        "month0": "this month",
        "week-1": "last week",
        "week0": "this week",
        "day-1": "yesterday",
        "day0": "today",
        "recent": "recently / in recent weeks / in recent months / recent weeks / recent months",
        "that-year": "of the same year / of that same year / "
        "of that year / that year / the same year / same year / that same year",
        "next-year-2": "two years later / two years afterwards / two years after that / two years on",
        "next-year-3": "three years later / three years afterwards / three years after that",
        "next-year": "the following year / a year later / the next year / one year later",
    },
    Role.TIME: {
        "since": "since / as early as / dating back to / going back to / as far back as / dates back to",
        "by": "by",
        "until": "until / through / till / thru / up until / to date",
        "between": "between / from",
        "and": "and / to",
        "in": "in / during / of / for / throughout / over / on / across / as of",
        "half-1": "first half of / first half / 1 h / h 1 / first six months of",
        "half-2": "second half of / second half / 2 h / h 2",
        "quarter-1": "first quarter of / first quarter / q 1 / 1 q / first three months of",
        "quarter-2": "second quarter of / second quarter / q 2 / 2 q",
        "quarter-3": "third quarter of / third quarter / q 3 / 3 q",
        "quarter-4": "fourth quarter of / fourth quarter / final quarter of / last quarter of / q 4 / 4 q",
        "early": "early / late / mid / beginning of / end of / start of / the end of",
        "past": "past / last / previous",
        "ago": "days ago / weeks ago / months ago / years ago / weeks earlier / days earlier",
        "span-first": "first / opening",
        "span-to": "months to / months through / months ending / months ended / months until",
        "years": "years / year",
        "later": "years later / years afterwards / years after that / years on",
        "yearly": "a year / per year / annually / each year / every year / annual",
        "from-base": "from / compared with / compared to / versus / vs / than in / than / against",
    },
    Role.STOP: {
        "nothing": "at the prices / at prices / at current prices / at today ' s prices / at then - current prices / "
        "at market prices / at that day ' s prices / "
        "took place / took part / takes place / taken place / in cost / state - of - the - art / "
        "the first time / first time / at cost / sent to prison / took advantage / damage control / at a loss / "
        "second to none / in the second / attack vector / exploit kit / most of them / second - largest / "
        "second largest / second biggest / second - biggest / third - largest / third largest / third biggest / "
        "token lost / coin lost / shares lost / stock lost / bitcoin lost / ether lost / hack day / make up / "
        "makes up / made up / making up / add up / adds up / set up / sign up / signed up",
    },
}
"""Sources of the words: how agencies (AFP, AP, Reuters, Yonhap), the UN panel, FBI, OFAC, and chain analysts write."""
