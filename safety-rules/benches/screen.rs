//! How long one message takes, all languages and views on; a bar in itself, printed for people.
//!
//! `cargo bench -p safety-rules`. Read next: `../src/screen.rs`.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a bench reads the clock and prints")]

use std::hint::black_box;
use std::time::{Duration, Instant};

const MESSAGES: &[(&str, &str)] = &[
    (
        "ordinary, en, 200",
        "hi so today at school we had a test in maths and i think it went ok, then we played football at lunch and my friend scored two goals, and after that my mum made pasta and we watched a really good film",
    ),
    (
        "ordinary, fr, 200",
        "coucou alors aujourd'hui on a eu un contrôle de maths et je crois que ça va, après on a joué au foot et mon copain a marqué deux buts, et ce soir maman a fait des pâtes et on a regardé un très bon film",
    ),
    (
        "disclosure, en, 200",
        "i dont really know how to say this but i cant sleep anymore and i keep thinking that everyone would be better off without me, some days i just want to die and i dont know who to tell about it, sorry",
    ),
    (
        "disclosure, fr, 200",
        "je sais pas trop comment le dire mais j'arrive plus à dormir et je me dis que tout le monde serait mieux sans moi, y a des jours où je veux juste mourir et je sais pas à qui en parler, désolée vraiment",
    ),
    (
        "disguised, 100",
        "1 w4nt t0 d1e pl3ase h3lp m3 i w a n t t o d i e soooooo baaaad ｉ ｃａｎｔ 😭😭 je veux mоurir tellemennnnnt",
    ),
    (
        "ordinary, de, 200",
        "hallo also heute hatten wir in der schule einen mathetest und ich glaube es lief ganz gut, danach haben wir fußball gespielt und mein freund hat zwei tore geschossen, abends gab es nudeln und einen film",
    ),
    (
        "ordinary, es, 200",
        "hola pues hoy en la escuela tuvimos un examen de mates y creo que me salió bien, luego jugamos fútbol en el recreo y mi amigo metió dos goles, y en la noche mi mamá hizo pasta y vimos una película muy buena",
    ),
    (
        "ordinary, ru, 200",
        "привет сегодня в школе была контрольная по математике и кажется я написала нормально, потом мы играли в футбол и мой друг забил два гола, а вечером мама сделала макароны и мы смотрели очень хороший фильм",
    ),
    (
        "ordinary, ar, 200",
        "مرحبا اليوم في المدرسة كان عندنا امتحان رياضيات واظن انه كان تمام، بعدها لعبنا كرة قدم وصديقي سجل هدفين، والمسا ماما عملت معكرونة وتفرجنا على فيلم كتير حلو وبعدين نمت بكير لان بكرا عندي مدرسة",
    ),
    (
        "ordinary, zh, 200",
        "今天学校数学考试我觉得还可以，然后中午我们踢足球我朋友进了两个球，晚上妈妈做了面条我们一起看了一部很好看的电影，后来我写了作业就早点休息因为明天还要早起坐公交车上学，周末我们打算去公园野餐，我想带上我的小狗一起去，它最喜欢在草地上跑来跑去，上次它还追着一只蝴蝶跑了好远，大家都觉得特别好玩，希望这个周末是晴天，这样我们就可以玩一整天，还可以放风筝和吃冰淇淋，真期待啊哈哈",
    ),
    (
        "ordinary, hi, 200",
        "नमस्ते आज स्कूल में गणित की परीक्षा थी और मुझे लगता है ठीक हुई, फिर हमने खाने के बाद फुटबॉल खेला और मेरे दोस्त ने दो गोल किए, शाम को मम्मी ने पास्ता बनाया और हमने साथ में एक बहुत अच्छी फिल्म देखी",
    ),
    (
        "disclosure, es, 200",
        "no sé cómo decirlo pero ya no puedo dormir y siempre pienso que todos estarían mejor sin mí, hay días en que solo quiero morirme y no sé a quién contarle, perdón por escribir tanto, de verdad no puedo más",
    ),
    ("short", "ok thanks"),
];

fn main() {
    let (before, worked) = (resident(), at_work());
    let start = Instant::now();
    black_box(safety_rules::screen("warm up"));
    println!(
        "start-up {:?}, of it at work {:?} · resident memory {before} KiB before, {} KiB after",
        start.elapsed(),
        at_work().saturating_sub(worked),
        resident()
    );
    // The same bytes beside one bare pass over a set of words: what any screening costs at least.
    let words =
        ["suicide", "kill", "mourir", "matar", "сдохнуть", "自杀", "اموت", "मरना", "kufa", "ölmek", "sterben"];
    let bare = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(words);
    for (name, text) in MESSAGES {
        let (p50, p99) = timed(|| drop(black_box(safety_rules::screen(black_box(text)))));
        let least = bare.as_ref().map(|bare| timed(|| _ = black_box(bare.find_iter(black_box(*text)).count())).0);
        let ratio = least.map_or(0.0, |least| p50.as_secs_f64() / least.as_secs_f64().max(1e-9));
        println!("{name:<22} p50 {p50:>9.2?}  p99 {p99:>9.2?}  {ratio:>6.1} × a bare pass");
    }
}

fn timed(mut work: impl FnMut()) -> (Duration, Duration) {
    let mut times: Vec<Duration> = (0..2_000)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// Time this thread has had a core, where the system tells it: other work on the machine left out.
fn at_work() -> Duration {
    let status = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(status.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0))
}

/// Resident memory of this process in KiB, where the system tells it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}
