"""Words that say nothing of what a comment is about, in the four languages of the product."""

ENGLISH = """
about above after again all also always and any are been before being below between both but can
cannot could did does doing don down during each even ever every few for from further get gets got
had has have having her here hers him his how into its just let like made make many may more most
much must need never new nor not now off once one only other our ours out over own really same
she should some still such take than that the their theirs them then there these they this those
through too two under until upon use used using very want was way well were what when where which
while who whom why will with within without would you your yours
"""
POLISH = """
aby ale ani bardzo bez będzie będą było była były być choć czy dla dlaczego dlatego gdy gdyż gdzie
ich ile jak jaki jakie jako jego jej jest jeszcze jestem jeśli już kiedy kto która które który
którzy lecz lub mają mam mamy mnie moja może można mój nad nam nami nas nasz nasza nawet nic nich
nie niej nim niż oraz pan pod poza przed przez przy się sobie swoje tak taka takie także tam tej
ten tego też tylko tym was wam wasz więc wszystko wszystkie zawsze żeby
"""
ARABIC = """
إلا إلى إن أن أنا أنت أو أي أيضا الآن التي الذي الذين الى بعد بعض بل بين تلك جدا حتى حول حيث خلال
دون ذلك عن عند على علی غير فقط في قبل قد كان كانت كل كما كنت لا لأن لكن لم لماذا لن له لها ليس ما
متى مثل مع من منذ منها نحن هذا هذه هل هم هناك هنا هو هي وقد وكان ولا ولكن وما ومن وهو وهي
"""
PERSIAN = """
از است اگر اما او اين این اینکه با باید بر برای بسیار بعد بود بوده به بی بیش پس پیش تا تر ترین تو
چرا چند چه چون حتی خود خیلی دارد دارند داریم داشت در دیگر را رو زیر شد شده شما شود کرد کرده کند
کنم کنند کنید کنیم که ما مانند مثل مگر من می نمی نه نیز نیست ها های هایی هر هم همه همین هنوز هیچ
و ولی وقتی یا یک
"""
STOP_WORDS = sorted(
    {word for language in (ENGLISH, POLISH, ARABIC, PERSIAN) for word in language.split()}
)
