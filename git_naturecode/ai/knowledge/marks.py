"""The words by which people and assistants say what kind of thing a sentence is; English, Chinese.

They are words of discourse, none of any project: what a cause, a decision, a correction or a mere
report of progress begins with.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.I)


CAUSE = _any(
    r"\broot cause\b", r"\bcaused by\b", r"\bthe culprit\b",
    r"\bthe (?:actual |real |underlying |core |main |remaining )?"
    r"(?:issue|problem|bug|reason|cause|error|failure)s?(?: here)? (?:is|was|are|were|comes?|"
    r"came)\b",
    r"\b(?:found|see|know|understand|identified|spotted) (?:the|what'?s the|an?) "
    r"(?:\w+ )?(?:issue|problem|bug|cause|culprit)\b",
    r"\b(?:it )?turn(?:s|ed) out\b",
    r"\b(?:this|that|it|which) (?:happen(?:s|ed)|fail(?:s|ed)|occur(?:s|red)|broke|breaks) "
    r"(?:because|when|since)\b",
    r"\b(?:that|this) is the (?:real|actual|true) (?:mechanism|cause|reason|problem|issue|bug)\b",
    r"\bthat'?s why\b", r"\bwhich is why\b", r"\bthe reason (?:is|was|why|that)\b",
    r"(?:根本|真正的?|主要|具体)?原因(?:是|在于|：|:)",
    r"问题(?:在于|出在|的根源|是因为)",
    r"罪魁祸首",
    r"之所以", r"是由于|是因为", r"原来是",
)  # fmt: skip
"""A sentence that says why something went wrong."""

FIX = _any(
    r"\bfix(?:ed|es|ing)?\b", r"\bsolution\b", r"\bsolved?\b", r"\bresolv(?:e|ed|es|ing)\b",
    r"\bworkaround\b",
    r"\binstead\b",
    r"\bnow (?:uses?|creates?|checks?|returns?|calls?|handles?)\b",
    r"\b(?:replaced|changed|added|removed|updated|moved|renamed|switched)\b",
    r"解决|修复|改为|改成|改用|替换|修正|方案",
)  # fmt: skip

WHY = _any(
    r"\bbecause\b",
    r"\bso that\b",
    r"\bsince (?!20\d\d|v?\d)",
    r"\botherwise\b",
    r"\btrade-?offs?\b",
    r"\bto (?:avoid|prevent|ensure|keep|make sure)\b",
    r"\b(?:this|that) way\b",
    r"\bin order to\b",
    r"\b(?:simpler|safer|cleaner|worse|better|easier|faster|cheaper|clearer)\b", r"\bdefeats?\b",
    r"\bwhich means\b",
    r"\bwould (?:be|break|lose|cause|mean|need|require|make)\b",
    r"\brather than\b",
    r"\bredundant\b", r"\binconsistent\b", r"\bintent(?:ional(?:ly)?)?\b", r"\bby design\b",
    r"因为|所以|以便|否则|避免|防止|这样(?:可以|就|能|做)|更(?:简单|安全|清晰|好|快)|权衡|"
    r"取舍|意味着|有意",
)  # fmt: skip
"""Words that give a reason."""

DECIDED = _any(
    r"\bdecid(?:ed?|ing)\b", r"\bdecisions?\b", r"\b(?:chose|chosen|choosing)\b",
    r"\b(?:go|went|going) (?:with|for)\b", r"\bopt(?:ed)? (?:for|to)\b", r"\bsettled? on\b",
    r"\bagreed (?:to|on|that)\b",
    r"\b(?:I|we)(?:'d| would)? (?:strongly )?(?:recommend|suggest|prefer|lean)\b",
    r"\bmy (?:recommendation|suggestion|preference)\b",
    r"\bintentional(?:ly)?\b",
    r"\bby design\b",
    r"\bon purpose\b", r"\bintent (?:is|was)\b", r"\btrade-?off\b", r"\bdesign choice\b",
    r"\b(?:rather than|instead of|in favou?r of|no longer)\b",
    r"决定|选择(?:了|用|的)|选用|采用|改用|不再|推荐|建议(?:用|采用|使用)|权衡|取舍|有意|"
    r"而不是|达成一致",
)  # fmt: skip
"""A sentence that takes one way and leaves another."""

ORDER = _any(
    r"^(?:(?:yes|ok|okay|yeah|yep|hm+|so|and|then|now|also|great|please|sure|right|well|"
    r"actually)[,.! ]+)*"
    r"(?:let'?s|let us|we should|we'll|we will|please|can (?:you|we)|could (?:you|we)|"
    r"i want (?:to|you to)|"
    r"i'?d like (?:to|you to)|i would like (?:to|you to)|you should|just)?\s*(?:completely |"
    r"just |also |please )*"
    r"(?:use|rename|remove|drop|delete|replace|switch|change|move|split|keep|stop|default|"
    r"convert|migrate|separate|extract|disable|enable|limit|restrict|require|update|store|"
    r"allow|reject|ignore|add documentation|let it|let the)\b(?! (?:sure|me know))",
    r"^(?:那|那么|好的?|嗯|请|我们|把|就|咱们|改|还是)*[，, ]*(?:使用|改用|改成|改为|用|删除|"
    r"去掉|替换|重命名|移动|拆分|保留|禁用|启用|统一|换成)",
)  # fmt: skip
"""What somebody wants to be otherwise from now on, at the beginning of a sentence."""

STANDING = _any(
    r"^(?:\w+[ ,]+){0,2}(?:always|never)\b",
    r"\b(?:we|you|to|please|should|must|shall) (?:always|never)\b",
    r"\bfrom now on\b", r"^in (?:the )?future\b", r"^(?:\w+[ ,]+){0,2}(?:make|be) sure\b",
    r"\bremember (?:to|that)\b",
    r"\b(?:don'?t|do not) (?:forget|ever)\b",
    r"^(?:and |but |also |please )*(?:don'?t|do not|avoid|prefer)\b(?! (?:know|think|see|"
    r"have|understand|you|we|worry))",
    r"\bwe (?:don'?t|never|always|prefer|only|usually)\b(?! (?:know|have to|need|see|"
    r"want to know))",
    r"\b(?:must|should) (?:not|never|always|use|only)\b",
    r"\b(?:we|you|i|they) (?:should|must)n'?t\b",
    r"\bas a (?:rule|convention)\b", r"\bconvention\b", r"\bnaming (?:syntax|scheme|style)\b",
    r"总是|永远|始终|务必|记得|一定要|不要|禁止|以后(?:都|要|请)|必须|避免|不应该|不能(?!不)|"
    r"规范|约定",
)  # fmt: skip
"""What holds also beyond this one piece of work."""

ONCE = _any(
    r"\b(?:yet|for now|right now|just now|this time|for the moment|before (?:you|we|i)|"
    r"until (?:you|we|i))\b",
    r"\btoo (?:hard|much|long|difficult|complicated)\b", r"\bplease take a look\b",
    r"先不要|暂时|这次|现在",
)  # fmt: skip
"""What holds for this piece of work alone."""

CORRECTION = _any(
    r"^(?:no|nope|wait|hm+|actually|but|not|wrong|stop|nah)\b",
    r"\bthat'?s (?:not|wrong|incorrect)\b",
    r"\b(?:is|are|was|were|that is) (?:not|n't) (?:correct|right|true|what)\b", r"\bincorrect\b",
    r"\b(?:isn'?t|aren'?t|doesn'?t|don'?t|shouldn'?t) (?:it|that|this|they|we|the|there|you)\b",
    r"\bnot correct\b", r"\byou (?:missed|forgot|broke|removed|didn'?t|shouldn'?t)\b",
    r"\bwe don'?t\b", r"\bnone of\b", r"\bis there no\b", r"\bwhy (?:did|do|are|is|not)\b",
    r"\bshould (?:be|have|not)\b", r"\bshouldn'?t\b", r"\binstead\b", r"\brather\b", r"\bstill\b",
    r"\bdo we need\b", r"\bwhat (?:would|if)\b", r"\bright\?",
    r"不对|不是(?:这样|的)|不要|错了|应该|而不是|为什么|不行|还是(?:不|没)|没有(?:用|必要)",
)  # fmt: skip
"""Somebody objects to what was said or done."""

REAL = _any(
    r"\b(?:real|actual|true) (?:root )?(?:mechanism|cause|reason|problem|issue|bug|culprit)\b",
    r"真正的?(?:原因|问题)",
)  # fmt: skip
"""A cause that takes the place of another one."""

REJECTED = _any(
    r"\b(?:theory|explanation|diagnosis|guess|assumption|idea)\b[^.\n]{0,30}\b(?:is|was) "
    r"(?:wrong|incorrect|not)\b",
    r"\bstill (?:[a-z]+s|there|the same|broken|seeing)\b",
    r"\b(?:didn'?t|did not|doesn'?t|does not) (?:help|fix (?:it|that|this))\b",
    r"还是(?:一样|不行|有)|没(?:有)?(?:用|解决)",
)  # fmt: skip
"""Somebody tells that something goes on as before."""

UNDONE = _any(
    r"^\W*(?:removed|reverted|dropped|deleted|undid|rolled back|took out|replaced)\b",
    r"^\W*(?:删除|移除|撤销|还原|去掉)了?",
)  # fmt: skip
"""A line that tells what is gone again."""

UNSETTLED = _any(
    r"\b(?:may|might)(?: not| actually| well| just)* be (?:the |a )?(?:worth|right|correct|best|"
    r"better|overkill|enough|simplest)\b",
    r"\bnot sure (?:if|whether|that|about)\b", r"\bprobably the most\b",
    r"\bto be (?:decided|discussed)\b", r"\bneeds? (?:more )?(?:thought|discussion)\b",
    r"也许|可能(?:不)?值得|待定",
)  # fmt: skip
"""A sentence that leaves open which way to go."""

WHY_NOT = _any(
    r"^why (?:not|no|(?:we|it) (?:don'?t|didn'?t|can'?t|doesn'?t))\b",
    r"^why .+ (?:instead of|rather than|over|and not) ",
    r"^(?:rejected|discarded) (?:alternatives?|approach(?:es)?|ideas?)\b",
    r"^为什么(?:不|没)",
)  # fmt: skip
"""A heading below which stands why another way was not taken."""

SLIP = _any(
    r"\b(?:merg|rebas|cherry-?pick)\w*\b[^.\n]{0,80}\bconflict",
    r"\bconflicts?\b[^.\n]{0,80}\b(?:merg|rebas|cherry-?pick)", r"\btypos?\b",
    r"合并冲突|笔误",
)  # fmt: skip
"""What went wrong once, in one piece of work: nobody looks for it again."""

YIELD = _any(
    r"^(?:yes[,. -]+|ah[,. -]+|oh[,. -]+|hm+[,. -]+)?(?:you'?re|you are|that'?s|"
    r"that is) (?:absolutely |completely |quite )?(?:right|correct)\b",
    r"^(?:good|great|excellent|fair|nice) (?:point|catch|insight|call|idea|observations?)\b",
    r"^(?:agreed?|my mistake|apologies|sorry|i (?:was wrong|misread|missed|misunderstood))\b",
    r"^(?:你|您)?说得(?:很)?对|^没错|^确实|^抱歉|^对不起|^好(?:问题|主意)|^(?:你|您)是对的",
)  # fmt: skip
"""Somebody takes an objection."""

CONSENT = _any(
    r"^\W*(?:yes|yep|yeah|yup|ok(?:ay)?|sure|great|perfect|nice|cool|good|awesome|thanks?|"
    r"thank you|"
    r"works?|that works|lgtm|sounds good|do it|go (?:ahead|for it)|please do|agreed?|exactly|"
    r"correct|"
    r"commit|push|ship|merge|let'?s|makes sense|i like|love it|alright|complete|"
    r"(?:sorry[, ]+)?continue|verify|confirm|run the|test it)\b",
    r"^\W*(?:好|可以|行|同意|没问题|谢谢|对|是的|就这样|继续|提交|推送|嗯)",
)  # fmt: skip
"""Somebody agrees with what was proposed, or goes on from it."""

TROUBLE = _any(
    r"\berrors?\b",
    r"\bexception\b",
    r"\btraceback\b",
    r"\bpanic",
    r"\bfail(?:s|ed|ing|ure|ures)?\b",
    r"\bbroken?\b",
    r"\bbugs?\b",
    r"\bcrash",
    r"\bwrong\b",
    r"\bdoesn'?t (?:work|start|build|load)\b",
    r"\bnot working\b",
    r"\bissues?\b",
    r"\bproblems?\b",
    r"\bconflicts?\b",
    r"\bhangs?\b",
    r"\bmissing\b",
    r"\bwarnings?\b", r"报错|错误|失败|异常|崩溃|不工作|无法|问题|卡住|警告",
)  # fmt: skip
"""Somebody tells of something that does not work."""

PROCESS = _any(
    r"^(?:now[, ]+|first[, ]+|next[, ]+|then[, ]+|ok(?:ay)?[, ]+|good[,. ]+|great[,!. ]+|"
    r"perfect[,!. ]+|so[, ]+|and )*"
    r"(?:let me|let'?s|i'?ll|i will|i'?m going|i need to|i'?m (?:now )?\w+ing\b|i can (?:see|"
    r"now)|"
    r"i (?:also )?(?:want|have|see|now|understand)\b(?! (?:the|that|an?|what'?s the) )|"
    r"here'?s|here is|here are|looking at|checking|reading|running|would you|want me|do you|"
    r"should (?:i|we)|"
    r"shall (?:i|we)|does (?:this|that)|is (?:this|that)|ready (?:to|when)|done\b|"
    r"all (?:of )?(?:the |unit |integration )*"
    r"(?:tests?|checks?)|(?:both|tests?|build|lint(?:er)?|everything) (?:now )?pass|"
    r"the tests? pass|"
    r"all (?:green|done|set)|clean build|understood|sure\b|happy to|no response|great!?$|"
    r"perfect!?$|excellent!?$|"
    r"could you|can you|may i|what (?:do|would) you|which (?:one|option|would)|try (?:it|"
    r"again|running|starting))",
    r"^(?:现在)?(?:让我|我来|我会|我将|我先|接下来|我们来|好的|完成|明白|需要我|要不要|"
    r"是否需要|你想|您想|请问|正在|首先让)",
)  # fmt: skip
"""A sentence that only tells what somebody does next, or asks how to go on."""

PROBLEM_NAMES = _any(
    r"^(?:the )?(?:problem|issue|bug|symptom|root cause|cause|what (?:was|went) wrong|"
    r"why it (?:fails|failed|broke)|"
    r"what the \w+ fixes|background|motivation|context|the issue|error)s?(?: (?:statement|"
    r"description|was|is))?$",
    r"^(?:问题|原因|根本原因|现象|症状|背景|动机|错误)(?:描述|分析|说明)?$",
)  # fmt: skip
CAUSE_NAMES = _any(r"^(?:the )?(?:root )?cause|^why\b|^reason", r"原因")
FIX_NAMES = _any(
    r"^(?:the )?(?:proposed |actual |final |quick |suggested )?(?:solution|fix|resolution|"
    r"approach|remedy|answer|"
    r"workaround|what (?:changed|i changed|was changed)|changes?(?: made)?|implementation|"
    r"how it works now|result|"
    r"new behaviou?r|changed behaviou?r|behaviou?r change)s?$",
    r"^(?:解决(?:方案|办法|方法)?|修复(?:方案)?|方案|做法|修改(?:内容)?|改动)$",
)  # fmt: skip
LESSON_NAMES = _any(
    r"^(?:key |important |main )*(?:insights?|lessons?(?: learned)?|takeaways?|gotchas?|"
    r"caveats?|pitfalls?|"
    r"findings?|learnings?|things? to (?:remember|know|note))$",
    r"^(?:important|warning|caution|beware)$",
    r"^(?:经验|教训|要点|关键|注意(?:事项)?|重要|结论|坑)$",
)  # fmt: skip
PRACTICE_NAMES = _any(
    r"^(?:best practices?|guidelines?|rules?|conventions?|recommended practices?|"
    r"do'?s and don'?ts|tips?)$",
    r"^(?:最佳实践|规范|约定|准则|建议)$",
)  # fmt: skip
DECISION_NAMES = _any(
    r"^(?:key |my |final |main |design )*(?:decisions?|recommendations?|rationale|reasoning|"
    r"verdict|conclusion|"
    r"trade-?offs?|choices?|why this (?:works|approach))(?: made)?$",
    r"^(?:关键|最终|设计)?(?:决定|决策|选择|理由|结论|推荐|取舍)$",
)  # fmt: skip
GENERIC_NAMES = _any(
    r"^(?:the |a |my |quick |final |overall |review |session |implementation |detailed |"
    r"current |executive )*"
    r"(?:summary(?: of (?:the |all )?(?:changes|fixes|findings|work|review).*)?|"
    r"changes?(?: (?:made|summary))?|overview|"
    r"analysis(?: of .*)?|results?|status|details?|notes?|next steps?|files?(?: (?:changed|"
    r"modified|to .*|created|affected))?|"
    r"verification|tests?(?: .*)?|testing|options?(?: .*)?|questions?.*|pros|cons|"
    r"current (?:state|behaviou?r)|state|"
    r"conclusion|goal|steps?|plan|todo|to do|example|usage|output|code(?: changes| quality)?|"
    r"context|key files.*|references?|"
    r"what (?:changed|i did|was done|should happen|it does).*|how (?:this|it) .*|minor .*|"
    r"others? .*|success|done|"
    r"(?:new|updated|existing|added) tests?|test (?:results?|plan|steps|name|"
    r"implementation).*|thoughts?.*|"
    r"implementation(?: .*)?|approach(?: \w+)?|proposed changes|phases?.*|part \w+|"
    r"recommendations?|quick .*|"
    r"behaviou?r change|changed behaviou?r|file to .*|question for you|assessment|feedback|"
    r"one (?:difference|thing|note|point)\b.*)$",
    r"^(?:总结|概述|分析|结果|状态|详情|说明|下一步|文件|测试|验证|步骤|计划|示例|背景|目标|"
    r"改动|修改|变更)$",
)  # fmt: skip
"""Headings that say nothing about what stands below them."""

QUESTION = _any(
    r"^(?!.*\b(?:can|could|would) you\b)[^\n]*\?\s*$",
    r"(?:^|[.,] )(?:just |please |and |so |but )*(?:how|where|what|why|when|which|who|"
    r"explain|show|help me understand|"
    r"tell me|does|is|"
    r"are|(?:can|could) you (?:explain|show|tell|describe|help me understand|walk me))\b",
    r"[？]\s*$", r"^(?:怎么|如何|哪里|什么|为什么|解释|说明)",
)  # fmt: skip
