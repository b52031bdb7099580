"""What people answer in surveys, and in their own words."""

import random
from datetime import UTC, datetime, timedelta

from csplatform.demo.sample.people import SampleContact
from csplatform.demo.sample.story import Rows, SampleAccount

# Survey, kind, lowest and highest score, touchpoint, and in which months it asks.
SURVEYS = (
    ("relationship-nps", "nps", 0, 10, "relationship", (2, 8, 14)),
    ("support-csat", "csat", 1, 5, "support", range(0, 18, 3)),
    ("onboarding-ces", "ces", 1, 7, "onboarding", (1, 6, 11, 16)),
    ("quarterly-css", "css", 1, 10, "quarter", (5, 11, 17)),
)
# Unhappy, so-so, happy.
COMMENTS = {
    "en": (
        (
            "Reports take minutes to load. We export to a spreadsheet instead.",
            "Third time this month that support closed my ticket without an answer.",
            "The price went up and we got nothing for it.",
            "Nobody showed us how to use the new invoices.",
        ),
        (
            "Does the job, but the mobile view is hard to read.",
            "Support is friendly, though it takes two days.",
            "Good product, we miss a link to our accounting.",
            "Onboarding was fine; the permissions are confusing.",
        ),
        (
            "Saves us a whole day every month. Thank you!",
            "Support answered within ten minutes, on a Sunday.",
            "The new reports are exactly what our board asked for.",
            "Easy to learn, my whole team uses it now.",
        ),
    ),
    "pl": (
        (
            "Raporty ładują się kilka minut, wracamy do arkusza.",
            "Zgłoszenie zamknięto bez odpowiedzi, już drugi raz.",
            "Cena wzrosła, a funkcji nie przybyło.",
            "Nikt nie pokazał nam, jak działają nowe faktury.",
        ),
        (
            "Działa, ale na telefonie trudno cokolwiek odczytać.",
            "Wsparcie miłe, lecz czekamy dwa dni.",
            "Dobry produkt, brakuje połączenia z księgowością.",
            "Wdrożenie w porządku, uprawnienia są niejasne.",
        ),
        (
            "Oszczędzamy cały dzień w miesiącu. Dziękujemy!",
            "Odpowiedź po dziesięciu minutach, i to w niedzielę.",
            "Nowe raporty to dokładnie to, o co prosił zarząd.",
            "Łatwo się nauczyć, korzysta już cały zespół.",
        ),
    ),
    "fa": (
        (
            "باز شدن گزارش‌ها چند دقیقه طول می‌کشد و به اکسل برگشته‌ایم.",
            "برای بار سوم درخواست من بدون پاسخ بسته شد.",
            "قیمت بالا رفت ولی امکان تازه‌ای اضافه نشد.",
            "هیچ‌کس کار با فاکتورهای جدید را به ما یاد نداد.",
        ),
        (
            "کار را راه می‌اندازد، اما روی گوشی سخت خوانده می‌شود.",
            "پشتیبانی خوش‌برخورد است ولی دو روز طول می‌کشد.",
            "محصول خوبی است، اتصال به حسابداری کم دارد.",
            "راه‌اندازی خوب بود؛ دسترسی‌ها گیج‌کننده است.",
        ),
        (
            "هر ماه یک روز کامل در وقت ما صرفه‌جویی می‌کند. سپاس!",
            "پشتیبانی در ده دقیقه پاسخ داد، آن هم روز تعطیل.",
            "گزارش‌های جدید دقیقاً همان است که هیئت‌مدیره می‌خواست.",
            "یادگیری‌اش آسان است و حالا همهٔ گروه از آن استفاده می‌کنند.",
        ),
    ),
    "ar": (
        (
            "التقارير تستغرق دقائق حتى تفتح، فعدنا إلى الجداول.",
            "أُغلق طلبي للمرة الثالثة دون أي رد.",
            "ارتفع السعر ولم نحصل على شيء جديد.",
            "لم يشرح لنا أحد كيف نستخدم الفواتير الجديدة.",
        ),
        (
            "يؤدي الغرض، لكن القراءة على الهاتف صعبة.",
            "الدعم لطيف لكنه يحتاج إلى يومين.",
            "منتج جيد، وينقصه الربط مع المحاسبة.",
            "كانت البداية جيدة، لكن الصلاحيات مربكة.",
        ),
        (
            "يوفر علينا يوماً كاملاً كل شهر. شكراً لكم!",
            "جاء رد الدعم خلال عشر دقائق، وفي يوم عطلة.",
            "التقارير الجديدة هي تماماً ما طلبه مجلس الإدارة.",
            "سهل التعلم، وصار كل الفريق يستخدمه.",
        ),
    ),
}


def responses(
    chance: random.Random, accounts: list[SampleAccount], contacts: list[SampleContact]
) -> Rows:
    found: Rows = []
    for account in accounts:
        people = [contact for contact in contacts if contact.account is account]
        for place, (first, mood) in enumerate(account.months()):
            for survey in SURVEYS:
                if place in survey[5] and account.created_on < first:
                    for contact in people[: 1 + account.seats // 40]:
                        _answer(chance, contact, first, mood, survey, found)
    return found


def _answer(
    chance: random.Random,
    contact: SampleContact,
    first: object,
    mood: float,
    survey: tuple[str, str, int, int, str, object],
    found: Rows,
) -> None:
    key, kind, low, high, touchpoint, _months = survey
    day = datetime.fromisoformat(f"{first}T09:00:00").replace(tzinfo=UTC)
    day += timedelta(days=chance.randrange(25), minutes=chance.randrange(480))
    if day.date() > contact.account.last_day or not contact.is_there(day.date()):
        return
    felt = min(1.0, max(0.0, mood + chance.gauss(0.08, 0.12)))
    seen_only = chance.random() < 0.12
    score = "" if seen_only else str(round(low + felt * (high - low)))
    mind = 0 if felt < 0.5 else 1 if felt < 0.75 else 2
    says = not seen_only and chance.random() < 0.55
    found.append(
        {
            "external_id": f"sample-r-{len(found) + 1:05}",
            "survey": key,
            "kind": kind,
            "score": score,
            "account_external_id": contact.account.key,
            "contact_external_id": contact.key,
            "comment": chance.choice(COMMENTS[contact.account.language][mind]) if says else "",
            "language": contact.account.language,
            "answered_at": day.isoformat().replace("+00:00", "Z"),
            "invited_at": (day - timedelta(days=1)).isoformat().replace("+00:00", "Z"),
            "channel": chance.choice(("email", "web")),
            "touchpoint": touchpoint,
        }
    )
